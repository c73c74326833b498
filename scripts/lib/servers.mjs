// PostgreSQL and Redis for one DATA_DIR: the embedded ones, or those that DATABASE_URL and REDIS_URL name.
import { join } from 'node:path';
import { makeFolders } from './paths.mjs';
import { checkPostgres, startPostgres } from './postgres.mjs';
import { checkRedis, startRedis } from './redis.mjs';
import { serverPassword } from './secrets.mjs';
import { serverHome } from './server-home.mjs';

/**
 * settings: { dataDir, databaseUrl?, redisUrl?, embeddedPg: {port, fixed}, embeddedRedis: {port, fixed}, redisMaxMemory }.
 * Resolves to { databaseUrl, redisUrl, processes: [PostgreSQL?, Redis?] in the order of their start }.
 * `onProcess` is told of each before it starts, so that a failure or an interruption can stop it.
 */
export async function startServers(
  settings,
  { reporter, signal, throwAway = false, restart = true, onProcess = () => {} },
) {
  const { dataDir } = settings;
  const { logs, run: runDir } = makeFolders(dataDir);
  const embedded = settings.databaseUrl === undefined || settings.redisUrl === undefined;
  const home = embedded ? serverHome(dataDir) : undefined;
  if (home?.moved)
    reporter.step(
      'data',
      `the servers' data lies in ${home.dir}: user ${home.user.name} can't reach ${dataDir}`,
    );
  const asUser = home?.user.name ? `, run as ${home.user.name}` : '';
  const common = { home, runDir, reporter, throwAway, restart, signal, onProcess };
  const processes = [];

  let { databaseUrl, redisUrl } = settings;
  if (databaseUrl === undefined) {
    const postgres = await startPostgres({
      ...common,
      password: serverPassword(dataDir, 'postgres'),
      want: settings.embeddedPg,
      logFile: join(logs, 'postgres.log'),
    });
    processes.push(postgres.process);
    databaseUrl = postgres.url;
    reporter.step('PostgreSQL', `${postgres.version} on 127.0.0.1:${postgres.port}${asUser}`);
  } else {
    reporter.step('PostgreSQL', `${await checkPostgres(databaseUrl)}, the server that DATABASE_URL names`);
  }
  signal?.throwIfAborted();

  if (redisUrl === undefined) {
    const redis = await startRedis({
      ...common,
      password: serverPassword(dataDir, 'redis'),
      want: settings.embeddedRedis,
      maxMemory: settings.redisMaxMemory,
      logFile: join(logs, 'redis.log'),
    });
    processes.push(redis.process);
    redisUrl = redis.url;
    reporter.step('Redis', `${redis.version} on 127.0.0.1:${redis.port}${asUser}`);
  } else {
    await checkRedis(redisUrl);
    reporter.step('Redis', 'the server that REDIS_URL names');
  }
  return { databaseUrl, redisUrl, processes, home };
}
