import type { AssetTable } from '@parapet/enrich';
import { countFailure, type Logger } from '@parapet/telemetry';
import type { Enricher } from './enricher.js';

/** Where assets come from; `AssetStore` is one. */
export interface AssetTables {
  version(): Promise<string>;
  tables(): Promise<ReadonlyMap<string, AssetTable>>;
}

const POLL_MS = 1000;

/** Keeps what the enricher knows of assets in step with the database, within 2 s. While it is away the last tables stay in use. */
export class AssetWatch {
  private seen: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;
  private failing = false;

  constructor(
    private readonly store: AssetTables,
    private readonly enricher: Pick<Enricher, 'assets'>,
    private readonly logger: Logger,
  ) {}

  /** Resolves after the first look, whatever it found: events are worth more than the names in them. */
  async start(): Promise<void> {
    await this.tick();
    this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.tick().then(() => this.schedule());
    }, POLL_MS);
  }

  private async tick(): Promise<void> {
    try {
      // The version is read before the tables: a change in between is then seen at the next look.
      const version = await this.store.version();
      if (version !== this.seen) {
        const tables = await this.store.tables();
        this.enricher.assets = tables;
        this.seen = version;
        const refused = [...tables.values()].flatMap((table) => table.refused);
        for (const _ of refused) countFailure('assets', 'prefix');
        this.logger.info({ tenants: tables.size, refused: refused.length, version }, 'assets loaded');
      }
      this.failing = false;
    } catch (error) {
      countFailure('assets', 'poll');
      if (!this.failing)
        this.logger.error({ err: error }, 'the assets can’t be read; the last ones stay in use');
      this.failing = true;
    }
  }
}
