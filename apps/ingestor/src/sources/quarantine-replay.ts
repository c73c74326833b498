import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { replayJobSchema } from '@parapet/contracts';
import { createWorker } from '@parapet/queue';
import { UnavailableError } from '@parapet/errors';
import { countFailure, type Logger } from '@parapet/telemetry';
import type { InDoubt } from '../pipeline/in-doubt.js';
import type { Intake } from '../pipeline/intake.js';
import type { Placement } from '../pipeline/placement.js';
import { MAX_SAMPLE_BYTES } from '../pipeline/quarantine.js';
import type { QuarantinedSender, QuarantineStore } from '../pipeline/quarantine-store.js';
import { Receipt } from '../pipeline/receipt.js';
import { newSender, type Sender } from '../pipeline/sender.js';
import type { LogSource } from './log-source.js';

export interface QuarantineReplayParts {
  redis: Redis;
  store: Pick<QuarantineStore, 'within' | 'remove'>;
  placement: Pick<Placement, 'place'>;
  intake: Pick<Intake, 'receive'>;
  inDoubt: Pick<InDoubt, 'told'>;
  logger: Logger;
}

/** How long a new source may take to be in the routing table. */
const PLACED_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 250;

/**
 * Brings what strangers sent before an operator gave them to a tenant: the sample that quarantine kept, read like any
 * line, as of when it came. A sender leaves quarantine when Redis has its lines.
 */
export class QuarantineReplay implements LogSource {
  readonly name = 'quarantine-replay';
  private worker: Worker | undefined;

  constructor(private readonly parts: QuarantineReplayParts) {}

  start(): Promise<void> {
    const { redis, logger } = this.parts;
    this.worker = createWorker('replay', redis, (job) => this.replay(job), { concurrency: 1 });
    this.worker.on('error', (error) => {
      countFailure(this.name, 'queue');
      logger.debug({ err: error }, 'replay queue: trouble');
    });
    this.worker.on('failed', (job, error) => {
      countFailure(this.name, 'job');
      logger.error({ err: error, jobId: job?.id }, 'a replay from quarantine failed; it is tried again');
    });
    this.worker.run().catch((error: unknown) => {
      countFailure(this.name, 'worker');
      logger.error({ err: error }, 'the replay worker ended');
    });
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.worker?.close();
  }

  private async replay(job: Job<unknown>): Promise<void> {
    const { tenantId, prefix } = replayJobSchema.parse(job.data);
    for (const quarantined of await this.parts.store.within(prefix)) {
      const sender: Sender = {
        ...newSender(quarantined.address, quarantined.transport),
        asOf: quarantined.lastSeen.getTime(),
      };
      await this.placed(sender, tenantId);
      const receipt = await this.settled(sender, quarantined);
      await this.parts.store.remove(quarantined);
      this.parts.inDoubt.told(receipt);
      this.parts.logger.info(
        {
          address: quarantined.address,
          lines: quarantined.samples.length,
          events: quarantined.events,
          tenantId,
        },
        'lines from quarantine went to their tenant',
      );
    }
  }

  /** @throws UnavailableError while the routing table does not say that the sender is this tenant's */
  private async placed(sender: Sender, tenantId: string): Promise<void> {
    const deadline = Date.now() + PLACED_WITHIN_MS;
    while (this.parts.placement.place(sender)?.tenantId !== tenantId) {
      if (Date.now() > deadline) throw new UnavailableError('the route of a sender in quarantine');
      await sleep(LOOK_AGAIN_MS);
    }
  }

  private settled(sender: Sender, { samples }: QuarantinedSender): Promise<Receipt> {
    return new Promise((resolve) => {
      const receipt: Receipt = new Receipt(() => resolve(receipt));
      for (const sample of samples) {
        const frame = Buffer.from(sample);
        this.parts.intake.receive(frame, frame.length >= MAX_SAMPLE_BYTES, sender, receipt);
      }
      receipt.seal();
    });
  }
}
