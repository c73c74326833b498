// `npm run test:servers`: keeps a throw-away PostgreSQL and Redis running for a developer's test runs.
import { prepare } from './lib/product.mjs';
import { ignoreClosedTerminal, terminal } from './lib/say.mjs';
import { startTestServers } from './lib/test-servers.mjs';

ignoreClosedTerminal();
await prepare({ reporter: terminal });
const servers = await startTestServers({ reporter: terminal });
terminal.line(
  `\nexport TEST_DATABASE_URL='${servers.databaseUrl}'\nexport TEST_REDIS_URL='${servers.redisUrl}'\n\nCtrl-C ends both and removes their data.`,
);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    await servers.stop();
    process.exit(0);
  });
}
const HOUR_MS = 3_600_000;
setInterval(() => {}, HOUR_MS); // the servers are detached: something must keep this process open
