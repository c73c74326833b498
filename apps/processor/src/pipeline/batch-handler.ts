import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSection } from '@parapet/contracts';
import { unpackEvents, type UnpackedBatch } from '@parapet/queue';
import { countDrop, countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { ProcessingConfig } from '../config/processing-config.js';
import { detectorLabel, type Findings } from '../stages/detect/detect-stage.js';
import type { StoreCoalescer } from '../stages/store/store-coalescer.js';
import { sortOut, type SortedOut } from './sort-out.js';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

export type Detect = (sections: readonly EventSection[]) => Promise<Findings>;

/** One delivery of a batch by the queue. */
export interface Delivery {
  data: unknown;
  /** No further delivery follows if this one fails. */
  last: boolean;
}

/**
 * The way of one batch: unpack, take out what can't be stored, detect, store. Resolves when the batch is committed.
 * While Redis or PostgreSQL is away it waits; it rejects only for what another try of the same batch won't mend.
 */
export class BatchHandler {
  private stopped = false;

  constructor(
    private readonly config: ProcessingConfig,
    private readonly detect: Detect,
    private readonly coalescer: Pick<StoreCoalescer, 'submit'>,
    private readonly logger: Logger,
  ) {}

  async handle({ data, last }: Delivery): Promise<void> {
    const batch = timed('unpack', () => unpackEvents(data));
    const { sections, setAside, homeless } = await this.sortOut(batch);
    if (homeless > 0) countDrop('unknown', 'unknown_tenant', homeless);
    if (sections.length === 0 && setAside.length === 0) return;
    const { detections, ruleCounts } = await this.findings(batch.batchId, sections, last);
    for (const { detector } of detections) metrics.detections.inc({ detector: detectorLabel(detector) });
    const { batchId, oldestReceipt } = batch;
    await this.coalescer.submit({ batchId, oldestReceipt, sections, setAside, detections, ruleCounts });
  }

  /** What waits for Redis gives up waiting; its job stays in Redis. */
  stop(): void {
    this.stopped = true;
  }

  private async sortOut({ batchId, sections }: UnpackedBatch): Promise<SortedOut> {
    // The ingestor may have heard of a new tenant before we did.
    if (sections.some(({ tenantId }) => !this.config.has(tenantId))) {
      await this.patiently('configuration', () => this.config.refresh());
    }
    return sortOut(batchId, sections, this.config.retentionDays, Date.now());
  }

  /** A fault of ours must not cost the events: at the last delivery they are stored without a judgement. */
  private async findings(batchId: string, sections: EventSection[], last: boolean): Promise<Findings> {
    const end = metrics.stageSeconds.startTimer({ stage: 'detect' });
    try {
      return await this.patiently('detect', () => this.detect(sections));
    } catch (error) {
      countFailure('processor', 'detect');
      this.logger.error({ err: error, batchId, last }, 'detection failed');
      if (!last) throw error;
      return { detections: [], ruleCounts: [] };
    } finally {
      end();
    }
  }

  /** Tries until the other side answers. Our own mistakes are thrown: time does not mend them. */
  private async patiently<T>(operation: string, work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof TypeError || error instanceof RangeError || this.stopped) throw error;
        countFailure('processor', operation);
        this.logger.warn({ err: error, operation, attempt }, 'not answered; trying again');
        const longest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt, 10), LONGEST_WAIT_MS);
        await sleep(longest / 2 + (Math.random() * longest) / 2);
      }
    }
  }
}

function timed<T>(stage: string, work: () => T): T {
  const end = metrics.stageSeconds.startTimer({ stage });
  try {
    return work();
  } finally {
    end();
  }
}
