import { setTimeout as sleep } from 'node:timers/promises';
import type { Intel } from '@parapet/enrich';
import { countFailure, type Logger } from '@parapet/telemetry';
import type { Enricher } from './enricher.js';

/** Where indicators come from; `IntelStore` is one. */
export interface IntelTables {
  version(): Promise<string>;
  load(): Promise<Intel>;
}

const POLL_MS = 1000;
/** A million indicators take longer, and events must not wait for them for ever. */
const PATIENCE_MS = 5000;

/**
 * Keeps the indicators that the enricher knows in step with the database: a change is seen within a second, and in force when what
 * changed has been read. While the database is away the last ones stay in use.
 */
export class IntelWatch {
  private seen: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;
  private failing = false;

  constructor(
    private readonly store: IntelTables,
    private readonly enricher: Pick<Enricher, 'intel'>,
    private readonly logger: Logger,
  ) {}

  /** Resolves after the first load, or after 5 s. */
  async start(): Promise<void> {
    this.look();
    const patience = new AbortController();
    const late = sleep(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.running, late]);
    patience.abort();
  }

  private look(): void {
    this.running = this.tick().then(() => this.schedule());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => this.look(), POLL_MS);
  }

  private async tick(): Promise<void> {
    try {
      // The version is read before the tables: a change in between is then seen at the next look.
      const version = await this.store.version();
      if (version !== this.seen) {
        const begun = Date.now();
        this.enricher.intel = await this.store.load();
        this.seen = version;
        this.logger.info({ version, ms: Date.now() - begun }, 'threat intelligence loaded');
      }
      this.failing = false;
    } catch (error) {
      countFailure('intel', 'poll');
      if (!this.failing && !this.stopped)
        this.logger.error({ err: error }, 'the indicators can’t be read; the last ones stay in use');
      this.failing = true;
    }
  }
}
