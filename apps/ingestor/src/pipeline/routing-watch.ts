import { countFailure, type Logger } from '@parapet/telemetry';
import type { Placement } from './placement.js';
import type { Quotas } from './quota.js';
import type { RoutingTable } from './routing-store.js';

/** Where the routing table comes from; `RoutingStore` is one. */
export interface RoutingTables {
  version(): Promise<string>;
  table(): Promise<RoutingTable>;
}

const POLL_MS = 1000;

/**
 * Keeps the placement in step with the database, so that a changed source counts within 2 s. While the database is
 * away the last table stays in use.
 */
export class RoutingWatch {
  private seen: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;
  private failing = false;

  constructor(
    private readonly tables: RoutingTables,
    private readonly placement: Placement,
    private readonly quotas: Quotas,
    private readonly logger: Logger,
  ) {}

  get loaded(): boolean {
    return this.seen !== undefined;
  }

  /** Resolves when there is a table: without one every sender would be a stranger. */
  async start(): Promise<void> {
    await this.tick();
    while (!this.loaded && !this.stopped) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      await this.tick();
    }
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
      // The version is read before the table: a change in between is then seen at the next look.
      const version = await this.tables.version();
      if (version !== this.seen) {
        const { rows, quotas } = await this.tables.table();
        this.placement.replace(rows);
        this.quotas.replace(quotas, Date.now());
        this.seen = version;
        this.logger.info({ rows: rows.length, tenants: quotas.length, version }, 'routing table loaded');
      }
      this.failing = false;
    } catch (error) {
      countFailure('routing', 'poll');
      if (!this.failing)
        this.logger.error({ err: error }, 'the routing table can’t be read; the last one stays in use');
      this.failing = true;
    }
  }
}
