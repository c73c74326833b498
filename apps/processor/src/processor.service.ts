import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { PortInUseError, UnavailableError } from '@parapet/errors';
import { EventPartitions } from '@parapet/eventstore';
import { assertDurable, Producer } from '@parapet/queue';
import { countFailure, startHealthServer, type Logger } from '@parapet/telemetry';
import { ProcessingConfig } from './config/processing-config.js';
import { RuleConfig } from './config/rule-config.js';
import { PeriodicTasks } from './jobs/periodic.js';
import { BatchHandler } from './pipeline/batch-handler.js';
import { StoreCoalescer } from './stages/store/store-coalescer.js';
import { LOGGER, POOL, REDIS, SETTINGS, WORKERS, type ProcessorSettings } from './tokens.js';

/** R11: how long a stop waits for the batches in hand. What is not done then stays in Redis for the next processor. */
const DRAIN_MS = 25_000;
const RETRY_MS = 1000;

/** Brings the parts up in the order in which they need each other, and down the other way round. */
@Injectable()
export class ProcessorService {
  private health: Server | undefined;
  private running = false;
  private stopping = false;

  constructor(
    @Inject(SETTINGS) private readonly settings: ProcessorSettings,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(WORKERS) private readonly workers: readonly Worker[],
    @Inject(ProcessingConfig) private readonly config: ProcessingConfig,
    @Inject(RuleConfig) private readonly rules: RuleConfig,
    @Inject(EventPartitions) private readonly partitions: EventPartitions,
    @Inject(BatchHandler) private readonly handler: BatchHandler,
    @Inject(StoreCoalescer) private readonly coalescer: StoreCoalescer,
    @Inject(PeriodicTasks) private readonly tasks: PeriodicTasks,
    @Inject(Producer) private readonly producer: Producer<'events'>,
  ) {}

  /**
   * Resolves when batches are taken from the queue; waits for PostgreSQL for as long as it takes.
   * @throws PortInUseError, RedisNotDurableError
   */
  async start(): Promise<void> {
    await this.startHealth();
    await this.checkRedis();
    await this.prepareDatabase();
    if (this.stopping) return;
    this.tasks.start();
    this.running = true;
    for (const worker of this.workers)
      worker.run().catch((error: unknown) => {
        countFailure('processor', 'worker');
        this.logger.fatal({ err: error, queue: worker.name }, 'the worker ended');
        this.running = false;
      });
  }

  /** Resolves with whether every batch in hand was stored. */
  async stop(): Promise<boolean> {
    this.stopping = true;
    const drained = await within(Promise.all(this.workers.map((worker) => worker.close())), DRAIN_MS);
    if (!drained) {
      this.logger.warn(
        { problem: this.coalescer.problem },
        'not all was stored in time; the rest stays in Redis',
      );
    }
    this.handler.stop();
    this.coalescer.stop();
    if (!drained) return false;
    await within(this.tasks.stop(), 2000);
    await within(Promise.all([this.producer.close(), this.pool.end()]), 2000);
    this.health?.close();
    this.health?.closeAllConnections();
    this.redis.disconnect();
    return true;
  }

  private async startHealth(): Promise<void> {
    const { METRICS_HOST, PROCESSOR_METRICS_PORT } = this.settings;
    try {
      this.health = await startHealthServer(METRICS_HOST, PROCESSOR_METRICS_PORT, {
        postgres: () => this.checkPostgres(),
        redis: () => this.redis.ping(),
        worker: () => (this.running ? Promise.resolve() : Promise.reject(new UnavailableError('the worker'))),
      });
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      throw busy ? new PortInUseError('PROCESSOR_METRICS_PORT', PROCESSOR_METRICS_PORT, 'tcp') : error;
    }
  }

  private async checkPostgres(): Promise<void> {
    await this.pool.query('select 1');
    if (this.coalescer.problem !== null) throw new UnavailableError(`Storing (${this.coalescer.problem})`);
  }

  private async checkRedis(): Promise<void> {
    if (this.settings.REDIS_ALLOW_VOLATILE) {
      this.logger.warn('REDIS_ALLOW_VOLATILE is set: events that were accepted may be lost with Redis');
      return;
    }
    await assertDurable(this.redis);
  }

  private async prepareDatabase(): Promise<void> {
    for (let attempt = 0; !this.stopping; attempt++) {
      try {
        await this.config.refresh();
        await this.rules.refresh();
        await this.partitions.ensureAround(Date.now());
        return;
      } catch (error) {
        countFailure('processor', 'start');
        if (attempt % 30 === 0) this.logger.warn({ err: error }, 'PostgreSQL is not ready; waiting');
        await sleep(RETRY_MS);
      }
    }
  }
}

/** Whether the work ended in time. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const timeout = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const done = await Promise.race([work.then(() => true), timeout]);
  timer.abort();
  return done;
}
