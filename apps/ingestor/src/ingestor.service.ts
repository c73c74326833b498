import { Inject, Injectable } from '@nestjs/common';
import { assertDurable } from '@parapet/queue';
import { startHealthServer, type Logger } from '@parapet/telemetry';
import { UnavailableError } from '@parapet/errors';
import type { Redis } from 'ioredis';
import type { Server } from 'node:http';
import type { Pool } from 'pg';
import { AssetWatch } from './pipeline/asset-watch.js';
import { Backpressure } from './pipeline/backpressure.js';
import { IntelWatch } from './pipeline/intel-watch.js';
import { InDoubt } from './pipeline/in-doubt.js';
import { KeyUse } from './pipeline/key-use.js';
import { Publisher } from './pipeline/publisher.js';
import { QuarantineFlush } from './pipeline/quarantine-flush.js';
import { QueueWatch } from './pipeline/queue-watch.js';
import { RoutingWatch } from './pipeline/routing-watch.js';
import { listenError } from './sources/listen-error.js';
import type { LogSource } from './sources/log-source.js';
import { BATCHERS, LOGGER, POOL, QUEUES, REDIS, SETTINGS, SOURCES } from './tokens.js';
import type { Batchers, IngestorSettings, Queues } from './tokens.js';

/** R11: how long a stop waits for Redis to take what was received. */
const DRAIN_MS = 25_000;

/** Brings the parts up in the order in which they need each other, and down the other way round. */
@Injectable()
export class IngestorService {
  private health: Server | undefined;

  constructor(
    @Inject(SETTINGS) private readonly settings: IngestorSettings,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(SOURCES) private readonly sources: LogSource[],
    @Inject(RoutingWatch) private readonly routing: RoutingWatch,
    @Inject(AssetWatch) private readonly assets: AssetWatch,
    @Inject(IntelWatch) private readonly intel: IntelWatch,
    @Inject(QueueWatch) private readonly queueWatch: QueueWatch,
    @Inject(QuarantineFlush) private readonly quarantine: QuarantineFlush,
    @Inject(KeyUse) private readonly keyUse: KeyUse,
    @Inject(BATCHERS) private readonly batchers: Batchers,
    @Inject(InDoubt) private readonly inDoubt: InDoubt,
    @Inject(Publisher) private readonly publisher: Publisher,
    @Inject(QUEUES) private readonly queues: Queues,
    @Inject(Backpressure) private readonly backpressure: Backpressure,
  ) {}

  /**
   * Resolves when every listener listens.
   * @throws PortInUseError, RedisNotDurableError, CertificateError
   */
  async start(): Promise<void> {
    try {
      await this.startHealth();
      await this.checkRedis();
      await this.routing.start();
      await this.assets.start();
      await this.intel.start();
      await this.inDoubt.recover();
      this.publisher.start();
      for (const source of this.sources) await source.start();
      this.queueWatch.start();
      this.quarantine.start();
      this.keyUse.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Resolves with whether everything that was received is in Redis or on disk. */
  async stop(): Promise<boolean> {
    await Promise.all(this.sources.map((source) => source.stop()));
    for (const batcher of Object.values(this.batchers)) batcher.flush();
    const drained = await this.publisher.drained(DRAIN_MS);
    if (!drained) {
      this.logger.error(
        { lostEvents: this.backpressure.buffered },
        'neither Redis nor the disk took all in time',
      );
    }
    this.queueWatch.stop();
    await this.routing.stop();
    await this.assets.stop();
    await this.intel.stop();
    await this.quarantine.stop();
    await this.keyUse.stop();
    await this.pool.end();
    this.health?.close();
    this.health?.closeAllConnections();
    if (drained && this.redis.status === 'ready')
      await Promise.all(Object.values(this.queues).map((queue) => queue.close()));
    this.redis.disconnect();
    return drained;
  }

  private async startHealth(): Promise<void> {
    const { METRICS_HOST, INGESTOR_METRICS_PORT } = this.settings;
    try {
      this.health = await startHealthServer(METRICS_HOST, INGESTOR_METRICS_PORT, {
        redis: () => this.redis.ping(),
        // PostgreSQL itself is not asked: with a table loaded the ingestor does without it.
        routing: () =>
          this.routing.loaded ? Promise.resolve() : Promise.reject(new UnavailableError('the routing table')),
      });
    } catch (error) {
      throw error instanceof Error
        ? listenError(error, 'INGESTOR_METRICS_PORT', INGESTOR_METRICS_PORT, 'tcp')
        : error;
    }
  }

  private async checkRedis(): Promise<void> {
    if (this.settings.REDIS_ALLOW_VOLATILE) {
      this.logger.warn('REDIS_ALLOW_VOLATILE is set: events that were accepted may be lost with Redis');
      return;
    }
    await assertDurable(this.redis);
  }
}
