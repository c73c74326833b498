import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { waitFor } from '@parapet/testing';
import { freePort } from '@parapet/testing';

/** A Redis that a test may stop, kill and fill. Keeps its data over a restart, as the embedded one does. */
export class OwnRedis {
  private server: ChildProcess | undefined;
  private readonly dir = mkdtempSync(join(tmpdir(), 'parapet-redis-'));

  private constructor(private readonly port: number) {}

  static async start(): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort());
    await redis.launch();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  async launch(): Promise<void> {
    const settings = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.dir];
    const durable = [
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      '--save',
      '',
      '--maxmemory-policy',
      'noeviction',
    ];
    this.server = spawn('redis-server', [...settings, ...durable], { stdio: 'ignore' });
    await waitFor(async () => (await this.ask((client) => client.ping())) === 'PONG', { what: 'Redis' });
  }

  /** SIGSTOP: connections stay open, and nothing answers. */
  freeze(): void {
    this.server?.kill('SIGSTOP');
  }

  thaw(): void {
    this.server?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    if (this.server === undefined) return;
    const gone = once(this.server, 'exit');
    this.server.kill('SIGKILL');
    await gone;
    this.server = undefined;
  }

  /** Bytes that it may use; 0 is all. */
  async maxMemory(bytes: number): Promise<void> {
    await this.ask((client) => client.config('SET', 'maxmemory', bytes));
  }

  async ask<T>(question: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined); // the question fails with it
    try {
      return await question(client);
    } finally {
      client.disconnect();
    }
  }

  async drop(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
