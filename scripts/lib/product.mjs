// The whole product as one thing that starts, heals and stops: used by `npm start`, `npm run dev`, the browser
// tests and the benchmarks.
import { join } from 'node:path';
import { lastLines, run } from './command.mjs';
import { checkDisk, gib } from './disk.mjs';
import { install, needsInstall } from './install.mjs';
import { clearLeftovers } from './leftovers.mjs';
import { checkNodeVersion } from './node-version.mjs';
import { makeFolders, root } from './paths.mjs';
import { forget, record } from './processes.mjs';
import { printable, seconds, StartError, StartInterrupted } from './say.mjs';
import { provideRedis } from './redis.mjs';
import { provideSecrets } from './secrets.mjs';
import { startServers } from './servers.mjs';
import { makeServices } from './services.mjs';
import { checkPorts, readSettings } from './settings.mjs';

/** Packages: the first install writes about 900 MB into the clone. */
const INSTALL_BYTES = 1.5 * 1024 ** 3;

/** Installs what the lock file asks for, unless it is there. */
export async function prepare({ reporter, signal }) {
  if (!needsInstall()) return reporter.step('packages', 'installed');
  checkDisk(root, 'the npm packages', INSTALL_BYTES);
  const since = Date.now();
  reporter.step('packages', 'installing, this takes a minute or two …');
  const onFallback = () =>
    reporter.step('packages', 'the lock file is incomplete: npm install instead of npm ci …');
  await install({ signal, onFallback });
  reporter.step('packages', `installed in ${seconds(since)}`);
}

async function node(args, { env, signal, what }) {
  const { code, output } = await run(process.execPath, args, { cwd: root, env, signal });
  if (code !== 0)
    throw new StartError(`${what} failed:\n${lastLines(output, 40).split('\n').map(printable).join('\n')}`);
  return lastLines(output, 1);
}

/** Compiles what changed. `dashboard: false` leaves Vite's build out. */
export async function build({ reporter, signal, dashboard = true }) {
  const since = Date.now();
  await node(['scripts/build.mjs', ...(dashboard ? [] : ['--no-dashboard'])], {
    env: process.env,
    signal,
    what: 'The build',
  });
  reporter.step('build', `up to date (${seconds(since)})`);
}

const CLI = 'apps/cli/dist/main.js';

export class Product {
  #env;
  #reporter;
  #abort = new AbortController();
  #hurry = withResolvers();
  #processes = []; // in the order of their start; stopped from the end
  #runDir;
  #stopped = Promise.resolve();
  #starting;

  /** env: the settings, as the environment holds them. reporter: { line, problem, step }. */
  constructor({ env, reporter }) {
    this.#env = env;
    this.#reporter = reporter;
  }

  /**
   * Brings everything up and resolves to { settings, env (of the services), databaseUrl, redisUrl }. On any
   * failure, and when stop() is called meanwhile, whatever already runs is stopped before this rejects.
   * `develop`: services restart on change, the dashboard isn't built. `skipInstall`, `skipBuild`: the caller has done it.
   * `nodeArgs`: for every service, such as --cpu-prof.
   */
  start({ develop = false, skipInstall = false, skipBuild = false, nodeArgs = [] } = {}) {
    this.#starting = this.#bringUp({ develop, skipInstall, skipBuild, nodeArgs }).catch(async (error) => {
      const interrupted = this.#abort.signal.aborted;
      await this.#stopAll();
      if (error.code === 'ENOSPC')
        throw new StartError(`The disk is full (${error.path ?? 'DATA_DIR'}). Make room and start again.`);
      throw interrupted ? new StartInterrupted() : error;
    });
    return this.#starting;
  }

  async #bringUp({ develop, skipInstall, skipBuild, nodeArgs }) {
    const reporter = this.#reporter;
    const { signal } = this.#abort;
    reporter.step('Node.js', checkNodeVersion());
    const settings = readSettings(this.#env);
    const { logs, runDir } = this.#openDataDir(settings.dataDir);
    const ended = await clearLeftovers(runDir);
    if (ended.length > 0)
      reporter.step('leftovers', `stopped what an interrupted start had left: ${ended.join(', ')}`);
    const free = checkDisk(settings.dataDir, 'the data');
    this.#runDir = runDir;
    record(runDir, 'launcher', process.pid);
    await checkPorts(settings);
    reporter.step('settings', `ports are free; ${gib(free)} free on the disk of ${settings.dataDir}`);
    // Looked for before the long steps: without it there is nothing to wait for.
    if (settings.redisUrl === undefined) await provideRedis({ reporter, signal });

    if (!skipInstall) await prepare({ reporter, signal });
    signal.throwIfAborted();
    if (!skipBuild) await build({ reporter, signal, dashboard: !develop });
    signal.throwIfAborted();
    const secrets = provideSecrets(settings.dataDir, this.#env);
    reporter.step('secrets', `${secrets.first ? 'made' : 'kept'} in ${join(settings.dataDir, 'secrets')}`);
    const env = this.#serviceEnv(settings, secrets.settings);
    await node(['scripts/check-settings.mjs'], { env, signal, what: 'The check of the settings' });

    const servers = await startServers(settings, {
      reporter,
      signal,
      onProcess: (process) => this.#processes.push(process),
    });
    signal.throwIfAborted();
    if (!env.DATABASE_URL_FILE) env.DATABASE_URL = servers.databaseUrl;
    if (!env.REDIS_URL_FILE) env.REDIS_URL = servers.redisUrl;
    if (servers.home?.moved) checkDisk(servers.home.dir, 'the database');
    reporter.step(
      'migrations',
      printable(await node([CLI, 'migrate'], { env, signal, what: 'Migrating the database' })) ||
        'up to date',
    );
    reporter.step(
      'seed',
      printable(await node([CLI, 'seed'], { env, signal, what: 'Seeding' })) || settings.seed,
    );

    await this.#startServices(settings, { env, logs, runDir, reporter, watch: develop, nodeArgs });
    record(runDir, 'launcher', process.pid, { ready: true });
    return { settings, env, databaseUrl: servers.databaseUrl, redisUrl: servers.redisUrl };
  }

  #openDataDir(dataDir) {
    try {
      const { logs, run: runDir } = makeFolders(dataDir);
      return { logs, runDir };
    } catch (error) {
      if (error.code === 'ENOSPC')
        throw new StartError(
          `The disk of DATA_DIR (${dataDir}) is full. Make room, or set DATA_DIR to a folder on another disk.`,
        );
      if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(error.code)) throw error;
      throw new StartError(
        `DATA_DIR (${dataDir}) can't be written by this user (${error.code}). Set DATA_DIR to a folder that it owns.`,
      );
    }
  }

  #serviceEnv(settings, secretFiles) {
    const env = {
      NODE_ENV: 'production',
      ...this.#env,
      ...secretFiles,
      DATA_DIR: settings.dataDir,
      SEED: settings.seed,
    };
    if (settings.mailCatcher) env.SMTP_URL = `smtp://127.0.0.1:${settings.ports.MAIL_SMTP_PORT}`;
    // npm's own variables would only tell the services how they were started.
    return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('npm_')));
  }

  async #startServices(settings, options) {
    const since = Date.now();
    const services = makeServices(settings, options);
    const { signal } = this.#abort;
    const aborted = new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    this.#processes.push(...services);
    await Promise.race([Promise.all(services.map((service) => service.start())), aborted]);
    this.#reporter.step(
      'services',
      `${services.map((s) => s.name).join(', ')} are ready (${seconds(since)})`,
    );
  }

  /** Adds a process of the caller's to what is stopped first. */
  async add(managed) {
    this.#processes.push(managed);
    await managed.start();
  }

  /** Stops everything in order. The second call hurries: services are ended instead of asked. */
  async stop() {
    if (this.#abort.signal.aborted) this.#hurry.resolve();
    this.#abort.abort(new StartInterrupted());
    await this.#stopAll(); // ends what a start that is still under way waits for
    await this.#starting?.catch(() => {}); // its caller is told; here only its end matters
    await this.#stopAll();
  }

  #stopAll() {
    const stopEach = async () => {
      // One after the other: what the ingestor still holds goes to Redis, what the processor holds to PostgreSQL.
      while (this.#processes.length > 0) await this.#processes.pop().stop(this.#hurry.promise);
      if (this.#runDir) forget(this.#runDir, 'launcher');
    };
    this.#stopped = this.#stopped.then(stopEach);
    return this.#stopped;
  }
}

// Promise.withResolvers is Node 22.
function withResolvers() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}
