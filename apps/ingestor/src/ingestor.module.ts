import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { createPool, serviceUrl } from '@parapet/db';
import { mintUuid } from '@parapet/normalize';
import { createRedis, Producer } from '@parapet/queue';
import { countFailure, type Logger } from '@parapet/telemetry';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { IngestorService } from './ingestor.service.js';
import { Backpressure } from './pipeline/backpressure.js';
import { Batcher } from './pipeline/batcher.js';
import { Enricher } from './pipeline/enricher.js';
import { Intake } from './pipeline/intake.js';
import { Placement } from './pipeline/placement.js';
import { Publisher } from './pipeline/publisher.js';
import { Quarantine } from './pipeline/quarantine.js';
import { QuarantineFlush } from './pipeline/quarantine-flush.js';
import { QuarantineStore } from './pipeline/quarantine-store.js';
import { QueueWatch } from './pipeline/queue-watch.js';
import { RoutingStore } from './pipeline/routing-store.js';
import { RoutingWatch } from './pipeline/routing-watch.js';
import { createSources } from './sources/index.js';
import { LOGGER, POOL, REDIS, SETTINGS, SOURCES, type IngestorSettings } from './tokens.js';

/** Raw bytes that one buffered event may have on average before senders are slowed. */
const BUFFERED_BYTES_PER_EVENT = 1024;
/** An answer that Redis owes for longer than this is no longer waited for; the connection is made anew. */
const REDIS_SILENCE_MS = 30_000;

const connections: FactoryProvider[] = [
  {
    provide: REDIS,
    inject: [SETTINGS, LOGGER],
    useFactory: (settings: IngestorSettings, logger: Logger): Redis => {
      const redis = createRedis(settings.REDIS_URL, {
        connectionName: 'parapet-ingestor',
        socketTimeout: REDIS_SILENCE_MS,
      });
      redis.on('error', (error) => {
        countFailure('redis', 'connection');
        logger.debug({ err: error }, 'Redis connection failed');
      });
      return redis;
    },
  },
  {
    provide: POOL,
    inject: [SETTINGS, LOGGER],
    useFactory: (settings: IngestorSettings, logger: Logger): Pool =>
      createPool({
        url: serviceUrl(settings.DATABASE_URL, 'parapet_writer'),
        max: 2,
        name: 'parapet-ingestor',
        onError: (error) => {
          countFailure('postgres', 'connection');
          logger.debug({ err: error }, 'PostgreSQL connection failed');
        },
      }),
  },
];

const pipeline: FactoryProvider[] = [
  { provide: Placement, useFactory: () => new Placement() },
  { provide: Quarantine, useFactory: () => new Quarantine() },
  {
    provide: Enricher,
    inject: [SETTINGS],
    useFactory: (settings: IngestorSettings) => Enricher.open(settings.GEOIP_CITY_DB),
  },
  {
    provide: Backpressure,
    inject: [SETTINGS],
    useFactory: (settings: IngestorSettings) =>
      new Backpressure({
        events: settings.INGEST_BUFFER_EVENTS,
        bytes: settings.INGEST_BUFFER_EVENTS * BUFFERED_BYTES_PER_EVENT,
        waitingBatches: settings.QUEUE_HIGH_WATER_BATCHES,
      }),
  },
  {
    provide: Producer,
    inject: [REDIS, LOGGER],
    useFactory: (redis: Redis, logger: Logger) => {
      const producer = new Producer('events', redis);
      producer.queue.on('error', (error) => logger.debug({ err: error }, 'queue connection failed'));
      return producer;
    },
  },
  {
    provide: Publisher,
    inject: [Producer, Backpressure, LOGGER],
    useFactory: (producer: Producer<'events'>, backpressure: Backpressure, logger: Logger) =>
      new Publisher(producer, backpressure, () => mintUuid(Date.now()), logger),
  },
  {
    provide: Batcher,
    inject: [SETTINGS, Publisher],
    useFactory: (settings: IngestorSettings, publisher: Publisher) =>
      new Batcher({ events: settings.BATCH_EVENTS, lingerMs: settings.BATCH_LINGER_MS }, (batch) =>
        publisher.publish(batch),
      ),
  },
  {
    provide: Intake,
    inject: [Placement, Quarantine, Enricher, Batcher, Backpressure],
    useFactory: (
      placement: Placement,
      quarantine: Quarantine,
      enricher: Enricher,
      batcher: Batcher,
      backpressure: Backpressure,
    ) => new Intake(placement, quarantine, enricher, batcher, backpressure),
  },
];

const watches: FactoryProvider[] = [
  {
    provide: RoutingWatch,
    inject: [POOL, Placement, LOGGER],
    useFactory: (pool: Pool, placement: Placement, logger: Logger) =>
      new RoutingWatch(new RoutingStore(pool), placement, logger),
  },
  {
    provide: QueueWatch,
    inject: [Producer, Backpressure],
    useFactory: (producer: Producer<'events'>, backpressure: Backpressure) =>
      new QueueWatch(producer, backpressure),
  },
  {
    provide: QuarantineFlush,
    inject: [Quarantine, POOL, LOGGER],
    useFactory: (quarantine: Quarantine, pool: Pool, logger: Logger) =>
      new QuarantineFlush(quarantine, new QuarantineStore(pool), logger),
  },
  {
    provide: SOURCES,
    inject: [SETTINGS, Intake, Backpressure, LOGGER],
    useFactory: createSources,
  },
];

@Module({})
export class IngestorModule {
  static register(settings: IngestorSettings, logger: Logger): DynamicModule {
    return {
      module: IngestorModule,
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: LOGGER, useValue: logger },
        ...connections,
        ...pipeline,
        ...watches,
        IngestorService,
      ],
    };
  }
}
