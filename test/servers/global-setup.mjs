// Jest's global set-up of the projects that need real servers: TEST_DATABASE_URL (superuser) and TEST_REDIS_URL.
// Servers that the environment already names are used as they are (`npm run test:servers` keeps a pair running).
import { startTestServers } from '../../scripts/lib/test-servers.mjs';

export default async function setUp() {
  if (process.env.TEST_DATABASE_URL && process.env.TEST_REDIS_URL) return;
  const servers = await startTestServers();
  process.env.TEST_DATABASE_URL = servers.databaseUrl;
  process.env.TEST_REDIS_URL = servers.redisUrl;
  globalThis.parapetTestServers = servers;
}
