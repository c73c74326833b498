import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitFor } from '@parapet/testing';

/** A real ingestor process (`apps/ingestor/dist`), as production starts it; on the same ports at every start. */
export class IngestorProcess {
  private child: ChildProcess | undefined;
  private exited: Promise<number | null> = Promise.resolve(null);
  output = '';

  private constructor(
    readonly port: number,
    readonly httpPort: number,
    private readonly metricsPort: number,
    private readonly env: Record<string, string>,
  ) {}

  static async on(databaseUrl: string, redisUrl: string, env: Record<string, string> = {}) {
    // Its spool is its own: what one test left there would come to the next one's Redis.
    const dataDir = mkdtempSync(join(tmpdir(), 'parapet-ingestor-'));
    process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
    return new IngestorProcess(await freePort(), await freePort(), await freePort(), {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      DATA_DIR: dataDir,
      ...env,
    });
  }

  spawn(): void {
    const child = spawn(process.execPath, ['apps/ingestor/dist/main.js'], {
      env: {
        PATH: process.env['PATH'],
        SYSLOG_UDP_PORT: '0',
        SYSLOG_TCP_PORT: String(this.port),
        SYSLOG_TLS_PORT: '0',
        RELP_PORT: '0',
        INGEST_HTTP_PORT: String(this.httpPort),
        INGESTOR_METRICS_PORT: String(this.metricsPort),
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => (this.output += String(text)));
    this.exited = new Promise((resolve) => child.once('exit', resolve));
    this.child = child;
  }

  async start(): Promise<void> {
    this.spawn();
    await waitFor(() => this.output.includes('"msg":"ready"'), { timeoutMs: 60_000, what: 'the ingestor' });
  }

  /** The exit code; null after SIGKILL. */
  end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.child?.kill(signal);
    return this.exited;
  }

  async accepted(): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.metricsPort}/metrics`)).text();
    return [...text.matchAll(/^parapet_events_accepted_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  }
}
