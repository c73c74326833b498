import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { dataPath } from '@parapet/config';
import { createPool, serviceUrl } from '@parapet/db';
import { mintUuid } from '@parapet/normalize';
import { createRedis, Producer } from '@parapet/queue';
import { countFailure, type Logger } from '@parapet/telemetry';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { IngestorService } from './ingestor.service.js';
import { AssetStore } from './pipeline/asset-store.js';
import { AssetWatch } from './pipeline/asset-watch.js';
import { Backpressure } from './pipeline/backpressure.js';
import { Batcher } from './pipeline/batcher.js';
import { Enricher } from './pipeline/enricher.js';
import { IntelStore } from './pipeline/intel-store.js';
import { IntelWatch } from './pipeline/intel-watch.js';
import { Intake } from './pipeline/intake.js';
import { KeyUse } from './pipeline/key-use.js';
import { Placement } from './pipeline/placement.js';
import { Publisher } from './pipeline/publisher.js';
import { Quarantine } from './pipeline/quarantine.js';
import { QuarantineFlush } from './pipeline/quarantine-flush.js';
import { QuarantineStore } from './pipeline/quarantine-store.js';
import { QueueWatch } from './pipeline/queue-watch.js';
import { RoutingStore } from './pipeline/routing-store.js';
import { RoutingWatch } from './pipeline/routing-watch.js';
import { InDoubt } from './pipeline/in-doubt.js';
import { InDoubtStore } from './pipeline/in-doubt-store.js';
import { Quotas } from './pipeline/quota.js';
import { Spool } from './pipeline/spool.js';
import { createSources } from './sources/index.js';
import { QuarantineReplay } from './sources/quarantine-replay.js';
import { BATCHERS, LOGGER, POOL, QUEUES, REDIS, SETTINGS, SOURCES } from './tokens.js';
import type { Batchers, IngestorSettings, Queues } from './tokens.js';

/** Raw bytes that one buffered event may have on average before senders are slowed. */
const BUFFERED_BYTES_PER_EVENT = 1024;
/** The slower lane's part of the batches that may wait in Redis. */
const OVERFLOW_SHARE = 0.25;
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
    useFactory: (settings: IngestorSettings) =>
      Enricher.open({
        city: settings.GEOIP_CITY_DB,
        asn: settings.GEOIP_ASN_DB,
        anonymous: settings.GEOIP_ANONYMOUS_DB,
      }),
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
  { provide: Quotas, useFactory: () => new Quotas() },
  {
    provide: QUEUES,
    inject: [REDIS, LOGGER],
    useFactory: (redis: Redis, logger: Logger): Queues => {
      const queues = { events: new Producer('events', redis), overflow: new Producer('overflow', redis) };
      for (const { queue } of Object.values(queues))
        queue.on('error', (error) => logger.debug({ err: error }, 'queue connection failed'));
      return queues;
    },
  },
  {
    provide: InDoubt,
    inject: [REDIS, POOL, LOGGER],
    useFactory: (redis: Redis, pool: Pool, logger: Logger) =>
      new InDoubt(new InDoubtStore(redis, pool), logger),
  },
  {
    provide: Publisher,
    inject: [SETTINGS, QUEUES, Backpressure, InDoubt, LOGGER],
    useFactory: async (
      settings: IngestorSettings,
      queues: Queues,
      backpressure: Backpressure,
      inDoubt: InDoubt,
      logger: Logger,
    ) =>
      new Publisher({
        queues,
        backpressure,
        inDoubt,
        spool:
          settings.SPOOL_MAX_BYTES === 0
            ? undefined
            : await Spool.open(dataPath(settings, 'spool'), settings.SPOOL_MAX_BYTES, logger),
        newId: () => mintUuid(Date.now()),
        logger,
      }),
  },
  {
    provide: BATCHERS,
    inject: [SETTINGS, Publisher],
    useFactory: (settings: IngestorSettings, publisher: Publisher): Batchers => {
      const limits = { events: settings.BATCH_EVENTS, lingerMs: settings.BATCH_LINGER_MS };
      return {
        events: new Batcher(limits, (batch) => publisher.publish(batch, 'events')),
        overflow: new Batcher(limits, (batch) => publisher.publish(batch, 'overflow')),
      };
    },
  },
  {
    provide: Intake,
    inject: [Placement, Quarantine, Enricher, Quotas, BATCHERS, Backpressure, InDoubt],
    useFactory: (
      placement: Placement,
      quarantine: Quarantine,
      enricher: Enricher,
      quotas: Quotas,
      batchers: Batchers,
      backpressure: Backpressure,
      inDoubt: InDoubt,
    ) => new Intake({ placement, quarantine, enricher, quotas, batchers, backpressure, inDoubt }),
  },
];

const watches: FactoryProvider[] = [
  {
    provide: RoutingWatch,
    inject: [POOL, Placement, Quotas, LOGGER],
    useFactory: (pool: Pool, placement: Placement, quotas: Quotas, logger: Logger) =>
      new RoutingWatch(new RoutingStore(pool, logger), placement, quotas, logger),
  },
  {
    provide: AssetWatch,
    inject: [POOL, Enricher, LOGGER],
    useFactory: (pool: Pool, enricher: Enricher, logger: Logger) =>
      new AssetWatch(new AssetStore(pool), enricher, logger),
  },
  {
    provide: IntelWatch,
    inject: [POOL, Enricher, LOGGER],
    useFactory: (pool: Pool, enricher: Enricher, logger: Logger) =>
      new IntelWatch(new IntelStore(pool), enricher, logger),
  },
  {
    provide: QueueWatch,
    inject: [SETTINGS, QUEUES, Backpressure, Quotas],
    useFactory: (settings: IngestorSettings, queues: Queues, backpressure: Backpressure, quotas: Quotas) =>
      new QueueWatch(queues, backpressure, quotas, settings.QUEUE_HIGH_WATER_BATCHES * OVERFLOW_SHARE),
  },
  {
    provide: QuarantineFlush,
    inject: [Quarantine, POOL, LOGGER],
    useFactory: (quarantine: Quarantine, pool: Pool, logger: Logger) =>
      new QuarantineFlush(quarantine, new QuarantineStore(pool), logger),
  },
  {
    provide: KeyUse,
    inject: [POOL, LOGGER],
    useFactory: (pool: Pool, logger: Logger) => new KeyUse(pool, logger),
  },
  {
    provide: SOURCES,
    inject: [
      REDIS,
      POOL,
      SETTINGS,
      Intake,
      Backpressure,
      Placement,
      Quotas,
      Publisher,
      InDoubt,
      KeyUse,
      LOGGER,
    ],
    useFactory: (
      redis: Redis,
      pool: Pool,
      settings: IngestorSettings,
      intake: Intake,
      backpressure: Backpressure,
      placement: Placement,
      quotas: Quotas,
      publisher: Publisher,
      inDoubt: InDoubt,
      keyUse: KeyUse,
      logger: Logger,
    ) => [
      ...createSources({
        settings,
        intake,
        backpressure,
        placement,
        quotas,
        publisher,
        inDoubt,
        keyUse,
        logger,
      }),
      new QuarantineReplay({ redis, store: new QuarantineStore(pool), placement, intake, inDoubt, logger }),
    ],
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
