import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { serviceUrl } from '@parapet/db';
import { createRedis, Producer } from '@parapet/queue';
import { countFailure, type Logger } from '@parapet/telemetry';
import { AutomaticBlocks } from '../blocklist/automatic-blocks.js';
import type { ApiSettings } from '../core/api-settings.js';
import { LOGGER, RedisClient, SETTINGS } from '../core/tokens.js';
import { Delivery } from './delivery.service.js';
import { NotificationsRepository } from './notifications.repository.js';
import { createNotifyWorker } from './notify-worker.js';
import { OutboxListener } from './outbox-listener.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxRepository } from './outbox.repository.js';
import { ReplayCarrier } from './replay-carrier.js';
import { sweep } from './sweep.js';

const SWEEP_MS = 30_000;
/** How long a stop waits for mails and pushes that are on their way. */
const DRAIN_MS = 6000;

/** Relay, worker and sweep of this process, up with the API and down before its connections. */
@Injectable()
export class NotifiersService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly queueRedis: Redis;
  private readonly workerRedis: Redis;
  private readonly producer: Producer<'notify'>;
  private readonly replayProducers: readonly [Producer<'events'>, Producer<'replay'>];
  private readonly worker: Worker;
  private readonly relay: OutboxRelay;
  private readonly listener: OutboxListener;
  private sweeper: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private started = false;

  constructor(
    @Inject(SETTINGS) settings: ApiSettings,
    @Inject(LOGGER) private readonly logger: Logger,
    redis: RedisClient,
    private readonly outbox: OutboxRepository,
    private readonly repository: NotificationsRepository,
    private readonly delivery: Delivery,
  ) {
    // An add must not wait for a Redis that is away while it holds rows; the worker's connection must.
    this.queueRedis = this.connect(settings.REDIS_URL, 'notify-add', { commandTimeout: 3000 });
    this.workerRedis = this.connect(settings.REDIS_URL, 'notify-work', {});
    this.producer = new Producer('notify', this.queueRedis);
    this.replayProducers = [new Producer('events', this.queueRedis), new Producer('replay', this.queueRedis)];
    for (const { queue } of [this.producer, ...this.replayProducers])
      queue.on('error', (error) => this.failed('queue', error));
    this.worker = createNotifyWorker(this.workerRedis, delivery, logger);
    const markSent = (tenantId: string, ids: readonly string[]) => repository.markAllSent(tenantId, ids);
    const replays = new ReplayCarrier(...this.replayProducers);
    const response = new AutomaticBlocks(logger);
    this.relay = new OutboxRelay({
      outbox,
      producer: this.producer,
      replays,
      response,
      redis,
      markSent,
      logger,
    });
    this.listener = new OutboxListener(
      serviceUrl(settings.DATABASE_URL, 'parapet_app'),
      () => this.relay.nudge(),
      logger,
    );
  }

  private async sweepOnce(): Promise<number> {
    return sweep(this.producer, this.repository, await this.outbox.tenantsWithPending());
  }

  onApplicationBootstrap(): void {
    this.started = true;
    this.worker.run().catch((error: unknown) => this.failed('worker', error));
    this.relay.start();
    this.listener.start();
    this.sweeper = setInterval(() => {
      this.sweeping = this.sweepOnce().then(
        (again) => {
          if (again > 0) this.logger.warn({ again }, 'notifications without a job were queued again');
        },
        (error: unknown) => this.failed('sweep', error),
      );
    }, SWEEP_MS);
  }

  /** What is not delivered in time stays in Redis for the next process. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeper);
    if (this.started) {
      await Promise.all([this.listener.stop(), within(this.relay.stop(), DRAIN_MS), this.sweeping]);
    }
    if (!(await within(this.worker.close(), DRAIN_MS))) {
      this.logger.warn('notifications were still on their way at the stop; they are delivered again');
    }
    await this.delivery.close();
    const producers = [this.producer, ...this.replayProducers];
    await within(Promise.all(producers.map((producer) => producer.close())), 1000);
    this.queueRedis.disconnect();
    this.workerRedis.disconnect();
  }

  private connect(url: string, name: string, options: Parameters<typeof createRedis>[1]): Redis {
    const client = createRedis(url, { connectionName: `parapet-api-${name}`, ...options });
    client.on('error', (error: Error) => this.failed(name, error));
    return client;
  }

  private failed(operation: string, error: unknown): void {
    countFailure('notifiers', operation);
    this.logger.warn({ err: error, operation }, 'notifiers: trouble');
  }
}

/** Whether the work ended in time; its failure counts as an end. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const ended = work.then(
    () => true,
    () => {
      countFailure('notifiers', 'shutdown');
      return true;
    },
  );
  const done = await Promise.race([ended, late]);
  timer.abort();
  return done;
}
