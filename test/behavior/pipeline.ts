import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  createTestDatabase,
  createTestRedis,
  freePort,
  waitFor,
  type TestDatabase,
  type TestRedis,
} from '@parapet/testing';

/** The ingestor and the processor as processes of their own, on a database and a Redis of their own. */
export class Pipeline {
  private readonly children = new Map<'ingestor' | 'processor', ChildProcess>();
  private readonly dataDir = mkdtempSync(join(tmpdir(), 'parapet-behavior-'));

  private constructor(
    readonly database: TestDatabase,
    readonly redis: TestRedis,
    private readonly ports: { syslog: number; ingestor: number; processor: number },
  ) {}

  static async start(): Promise<Pipeline> {
    const ports = { syslog: await freePort(), ingestor: await freePort(), processor: await freePort() };
    const pipeline = new Pipeline(await createTestDatabase(), await createTestRedis(), ports);
    await Promise.all([pipeline.startService('ingestor'), pipeline.startService('processor')]);
    return pipeline;
  }

  private async startService(name: 'ingestor' | 'processor'): Promise<void> {
    const child = spawn(process.execPath, [resolve('apps', name, 'dist/main.js')], {
      env: {
        PATH: process.env.PATH,
        DATA_DIR: this.dataDir,
        DATABASE_URL: this.database.databaseUrl,
        REDIS_URL: this.redis.url,
        SYSLOG_TCP_PORT: String(this.ports.syslog),
        SYSLOG_UDP_PORT: '0',
        SYSLOG_TLS_PORT: '0',
        RELP_PORT: '0',
        INGEST_HTTP_PORT: '0',
        INGESTOR_METRICS_PORT: String(this.ports.ingestor),
        PROCESSOR_METRICS_PORT: String(this.ports.processor),
        LOG_LEVEL: 'warn',
        // The cases are about the built-in detectors; the managed rules have tests of their own.
        RULES_DIR: 'off',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    this.children.set(name, child);
    await waitFor(
      async () => {
        if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
        return (await fetch(`http://127.0.0.1:${this.ports[name]}/ready`)).ok;
      },
      { timeoutMs: 30_000, what: `${name} to be ready` },
    );
  }

  /** SIGKILL, and a new one. */
  async killAndRestart(name: 'ingestor' | 'processor'): Promise<void> {
    const child = this.children.get(name);
    if (child) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await this.startService(name);
  }

  /** Sends lines over one connection from `address`, newline framed, and waits until the ingestor has read them. */
  async send(address: string, lines: readonly string[]): Promise<void> {
    const socket = connect({ host: '127.0.0.1', port: this.ports.syslog, localAddress: address });
    await once(socket, 'connect');
    socket.end(lines.map((line) => `${line}\n`).join(''));
    await once(socket, 'close');
  }

  /** Waits until so many events are stored in all. */
  async stored(count: number, timeoutMs = 60_000): Promise<void> {
    await waitFor(
      async () => {
        const [row] = await this.database.sql<{ n: number }>('SELECT count(*)::int AS n FROM events');
        return row?.n === count;
      },
      { timeoutMs, everyMs: 100, what: `${count} stored events` },
    );
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.children.values()].map(async (child) => {
        if (child.exitCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }),
    );
    await this.redis.drop();
    await this.database.drop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
