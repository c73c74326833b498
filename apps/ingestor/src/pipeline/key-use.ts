import { countFailure, type Logger } from '@parapet/telemetry';
import type { Pool } from 'pg';

const EVERY_MS = 10_000;

/** Remembers when API keys were last used, and writes it down every ten seconds in one statement. */
export class KeyUse {
  private used = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    private readonly logger: Logger,
  ) {}

  /** `now`: epoch ms. */
  note(keyId: string, now: number): void {
    this.used.set(keyId, now);
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.flush().then(() => this.start());
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
    clearTimeout(this.timer);
    await this.flush();
  }

  /** What can't be written is tried again with the next; there are only as many as keys. */
  async flush(): Promise<void> {
    const used = this.used;
    if (used.size === 0) return;
    this.used = new Map();
    const times = Object.fromEntries([...used].map(([id, at]) => [id, new Date(at).toISOString()]));
    try {
      await this.pool.query('SELECT ingest_keys_used($1::jsonb)', [JSON.stringify(times)]);
    } catch (error) {
      countFailure('api-keys', 'used');
      this.logger.debug({ err: error }, 'the last use of API keys can’t be written');
      for (const [id, at] of used) if (!this.used.has(id)) this.used.set(id, at);
    }
  }
}
