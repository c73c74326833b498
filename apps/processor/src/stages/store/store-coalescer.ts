import { setTimeout as sleep } from 'node:timers/promises';
import { countDrop, countFailure, metrics, type Logger } from '@parapet/telemetry';
import { detectorLabel } from '../detect/detect-stage.js';
import type { QuietUpdate, StoreReport, StoreRequest } from './store-request.js';
import { storeFaultOf } from './store-fault.js';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

interface Waiting {
  request: StoreRequest;
  rows: number;
  resolve: () => void;
}

export type Store = (
  requests: readonly StoreRequest[],
  careful: boolean,
  attempt: number,
) => Promise<StoreReport>;

export interface CoalescerOptions {
  /** Rows of one transaction, about: the batch that passes it is the last one. */
  maxRows: number;
  /** Lanes: as many transactions run at once, so that one is encoded while PostgreSQL works on another. */
  stores: readonly Store[];
  /** A tenant or a partition is not what it was. */
  refresh: () => Promise<void>;
  hasTenant: (tenantId: string) => boolean;
  tenantName: (tenantId: string) => string;
  /** Called after each commit. */
  committed: (report: { announced: readonly string[]; quiet: readonly QuietUpdate[] }) => void;
  logger: Logger;
}

/**
 * Gathers the batches of several jobs into one transaction, one at a time in each lane: what comes while all run is
 * the next. Lanes are to each other what processors are: the ledger and the locks keep them apart. A batch's promise resolves when it is committed. It never rejects: while PostgreSQL is away, batches wait here, their
 * jobs stay locked in Redis, and whoever dies leaves them there for another.
 */
export class StoreCoalescer {
  private waiting: Waiting[] = [];
  private readonly idle: Store[];
  private stopped = false;
  /** Why the last transaction failed, until one succeeds. */
  problem: string | null = null;

  constructor(private readonly options: CoalescerOptions) {
    this.idle = [...options.stores];
  }

  submit(request: StoreRequest): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ request, rows: eventsIn(request), resolve });
      void this.run();
    });
  }

  /** No further transaction is begun; what waits is left to whom Redis delivers it next. */
  stop(): void {
    this.stopped = true;
  }

  private async run(): Promise<void> {
    const store = this.idle.pop();
    if (store === undefined) return;
    try {
      // A moment for the other jobs that end their detection in this turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.waiting.length > 0 && !this.stopped) await this.flush(store, this.take());
    } finally {
      this.idle.push(store);
    }
  }

  private take(): Waiting[] {
    let rows = 0;
    let count = 0;
    for (const one of this.waiting) {
      count++;
      rows += one.rows;
      if (rows >= this.options.maxRows) break;
    }
    return this.waiting.splice(0, count);
  }

  private async flush(store: Store, taken: readonly Waiting[]): Promise<void> {
    let requests = taken.map(({ request }) => request);
    let careful = false;
    for (let attempt = 0; !this.stopped; attempt++) {
      const end = metrics.stageSeconds.startTimer({ stage: 'store' });
      try {
        const report = await store(requests, careful, attempt);
        end();
        this.problem = null;
        this.count(requests, report);
        for (const { resolve } of taken) resolve();
        return;
      } catch (error) {
        careful = await this.recover(error, careful, attempt);
        if (storeFaultOf(error) === 'reference') requests = requests.map((one) => this.withoutGone(one));
      }
    }
  }

  /** Decides how the next try is made, and waits until it makes sense. */
  private async recover(error: unknown, careful: boolean, attempt: number): Promise<boolean> {
    const fault = storeFaultOf(error);
    countFailure('store', fault);
    if ((fault === 'data' || fault === 'duplicate') && !careful) {
      this.options.logger.warn({ err: error }, 'a value was refused; storing carefully');
      return true;
    }
    this.problem = error instanceof Error ? error.message : String(error);
    this.options.logger.error({ err: error, attempt }, 'storing failed; trying again');
    // Also after what a refresh can help: should it not help, this must not spin.
    const longest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt, 10), LONGEST_WAIT_MS);
    await sleep(longest / 2 + (Math.random() * longest) / 2);
    if (fault === 'partition' || fault === 'reference') {
      await this.options.refresh().catch((refused: unknown) => {
        countFailure('store', 'refresh');
        this.options.logger.error({ err: refused }, 'the configuration could not be read');
      });
    }
    return careful;
  }

  /** A tenant that was removed takes its events along. */
  private withoutGone(request: StoreRequest): StoreRequest {
    const { hasTenant } = this.options;
    const sections = request.sections.filter(({ tenantId }) => hasTenant(tenantId));
    const setAside = request.setAside.filter(({ event }) => hasTenant(event.tenantId));
    const gone = eventsIn(request) - eventsIn({ ...request, sections, setAside });
    if (gone > 0) countDrop('unknown', 'unknown_tenant', gone);
    return {
      ...request,
      sections,
      setAside,
      detections: request.detections.filter(({ tenantId }) => hasTenant(tenantId)),
      ruleCounts: request.ruleCounts.filter(({ tenantId }) => hasTenant(tenantId)),
    };
  }

  private count(requests: readonly StoreRequest[], report: StoreReport): void {
    const { logger, tenantName, committed } = this.options;
    metrics.stored.inc(report.stored);
    if (report.duplicateBatches > 0) metrics.duplicates.inc(report.duplicateBatches);
    if (report.duplicateEvents > 0) {
      metrics.failures.inc({ component: 'store', operation: 'event_stored_before' }, report.duplicateEvents);
    }
    for (const { event, reason } of report.setAside) countDrop(tenantName(event.tenantId), reason);
    for (const [detector, alerts] of report.alertsCreated)
      metrics.alertsCreated.inc({ detector: detectorLabel(detector) }, alerts);
    for (const { detection, error } of report.failedDetections) {
      countFailure('store', 'alert');
      logger.error({ err: error, detection }, 'an alert could not be written');
    }
    metrics.lag.set(Math.max(0, Date.now() - Math.min(...requests.map((r) => r.oldestReceipt))) / 1000);
    committed({ announced: report.alertsAnnounced, quiet: report.alertsQuiet });
  }
}

function eventsIn({ sections, setAside }: StoreRequest): number {
  return sections.reduce((sum, { events }) => sum + events.length, setAside.length);
}
