// An ingestor beside the product's own, with ports and a data directory of its own, that comes back at once when it is killed: the launcher
// waits longer each time, which is right for users and too long for twenty kills.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/lib/ports.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { answersOk } from '../../scripts/lib/services.mjs';
import { scrape } from './product.mjs';

const PORTS = [
  'SYSLOG_UDP_PORT',
  'SYSLOG_TCP_PORT',
  'RELP_PORT',
  'INGEST_HTTP_PORT',
  'INGESTOR_METRICS_PORT',
];

export class OwnIngestor {
  static #running = new Set();
  kills = 0;
  ports = {};
  #env;
  #log;
  #child;
  #stopping = false;

  static async start(product, more = {}) {
    const own = new OwnIngestor();
    for (const name of PORTS) own.ports[name] = String(await freePort());
    const dataDir = join(product.dataDir, 'own-ingestor');
    mkdirSync(dataDir, { recursive: true });
    own.#log = join(dataDir, 'ingestor.log');
    own.#env = {
      ...product.env,
      DATABASE_URL: product.databaseUrl,
      REDIS_URL: product.redisUrl,
      ...own.ports,
      SYSLOG_TLS_PORT: '0',
      DATA_DIR: dataDir,
      ...more,
    };
    OwnIngestor.#running.add(own);
    own.#spawn();
    await own.ready();
    return own;
  }

  #spawn() {
    const log = openSync(this.#log, 'a', 0o600);
    this.#child = spawn(process.execPath, [join(root, 'apps/ingestor/dist/main.js')], {
      env: this.#env,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const child = this.#child;
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      if (signal !== 'SIGKILL')
        process.stderr.write(`the ingestor ended by itself (${signal ?? code}):\n${this.#logEnd()}\n`);
      this.#spawn();
    });
  }

  #logEnd() {
    return readFileSync(this.#log, 'utf8').slice(-2000);
  }

  async ready() {
    const url = `http://127.0.0.1:${this.ports.INGESTOR_METRICS_PORT}/ready`;
    for (const until = Date.now() + 60_000; Date.now() < until; await sleep(50))
      if (await answersOk(url).catch(() => false)) return;
    throw new Error(`the ingestor is not ready; its log: ${this.#log}`);
  }

  async kill() {
    const child = this.#child;
    child.kill('SIGKILL');
    this.kills++;
    while (this.#child === child) await sleep(5);
  }

  /** Samples of a metric, [] while it is away. */
  samples(name) {
    return scrape(this.ports.INGESTOR_METRICS_PORT, name).catch(() => []);
  }

  static async stopAll() {
    for (const own of OwnIngestor.#running) await own.stop();
  }

  async stop() {
    OwnIngestor.#running.delete(this);
    this.#stopping = true;
    const child = this.#child;
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve));
  }
}
