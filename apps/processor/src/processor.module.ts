import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { createPool, serviceUrl } from '@parapet/db';
import { ManagedRules } from '@parapet/detection';
import { EventPartitions } from '@parapet/eventstore';
import { createRedis, Producer } from '@parapet/queue';
import { readManagedRules } from '@parapet/rules';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import { ProcessingConfig } from './config/processing-config.js';
import { RuleConfig } from './config/rule-config.js';
import { ActivityWatch } from './jobs/activity-watch.js';
import { QuietUpdateAnnouncer } from './jobs/announcer.js';
import { EvidenceFiller } from './jobs/evidence-filler.js';
import { PeriodicTasks } from './jobs/periodic.js';
import { dropExpiredDays, prune } from './jobs/retention.js';
import { BatchHandler } from './pipeline/batch-handler.js';
import { createEventsWorker, createOverflowWorker } from './pipeline/events-worker.js';
import { ProcessorService } from './processor.service.js';
import { DetectStage } from './stages/detect/detect-stage.js';
import { RedisCorrelationStore } from './stages/detect/redis-correlation-store.js';
import { RedisWindowStore } from './stages/detect/redis-window-store.js';
import { RuleHealth } from './stages/detect/rule-health.js';
import { BatchStore } from './stages/store/batch-store.js';
import { StoreCoalescer } from './stages/store/store-coalescer.js';
import { LOGGER, POOL, REDIS, SETTINGS, WORKERS, type ProcessorSettings } from './tokens.js';

/** Two: while PostgreSQL takes one transaction, the next is encoded. More would only share the same two. */
const STORE_LANES = 2;

const HOUR_MS = 3_600_000;

const connections: FactoryProvider[] = [
  {
    provide: REDIS,
    inject: [SETTINGS, LOGGER],
    useFactory: (settings: ProcessorSettings, logger: Logger): Redis => {
      const redis = createRedis(settings.REDIS_URL, { connectionName: 'parapet-processor' });
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
    useFactory: (settings: ProcessorSettings, logger: Logger): Pool =>
      createPool({
        url: serviceUrl(settings.DATABASE_URL, 'parapet_writer'),
        max: 4,
        name: 'parapet-processor',
        onError: (error) => {
          countFailure('postgres', 'connection');
          logger.debug({ err: error }, 'PostgreSQL connection failed');
        },
      }),
  },
];

const pipeline: FactoryProvider[] = [
  {
    provide: ProcessingConfig,
    inject: [POOL, LOGGER],
    useFactory: (pool: Pool, logger: Logger) => new ProcessingConfig(pool, logger),
  },
  { provide: EventPartitions, inject: [POOL], useFactory: (pool: Pool) => new EventPartitions(pool) },
  {
    provide: QuietUpdateAnnouncer,
    inject: [POOL],
    useFactory: (pool: Pool) => new QuietUpdateAnnouncer(pool),
  },
  {
    provide: StoreCoalescer,
    inject: [SETTINGS, POOL, ProcessingConfig, EventPartitions, QuietUpdateAnnouncer, LOGGER],
    useFactory: (
      settings: ProcessorSettings,
      pool: Pool,
      config: ProcessingConfig,
      partitions: EventPartitions,
      announcer: QuietUpdateAnnouncer,
      logger: Logger,
    ) =>
      new StoreCoalescer({
        maxRows: settings.STORE_BATCH_ROWS,
        stores: Array.from({ length: STORE_LANES }, () => {
          const lane = new BatchStore(pool, partitions);
          return (requests, careful, attempt) => lane.store(requests, careful, attempt);
        }),
        refresh: async () => {
          partitions.forget();
          await config.load();
        },
        hasTenant: (tenantId) => config.has(tenantId),
        tenantName: (tenantId) => config.nameOf(tenantId),
        committed: (report) => announcer.committed(report),
        logger,
      }),
  },
  {
    provide: ManagedRules,
    inject: [SETTINGS, LOGGER],
    useFactory: async (settings: ProcessorSettings, logger: Logger) => {
      const managed = new ManagedRules(await readManagedRules(settings.RULES_DIR));
      for (const { path, ruleId, problems } of managed.refused) {
        countFailure('processor', 'rule_load');
        logger.error({ path, ruleId, problems }, 'a managed rule can’t be used');
      }
      return managed;
    },
  },
  { provide: RuleHealth, inject: [POOL], useFactory: (pool: Pool) => new RuleHealth(pool) },
  {
    provide: RuleConfig,
    inject: [POOL, ManagedRules, RuleHealth, LOGGER],
    useFactory: (pool: Pool, managed: ManagedRules, health: RuleHealth, logger: Logger) =>
      new RuleConfig(pool, managed, health, logger),
  },
  {
    provide: DetectStage,
    inject: [ProcessingConfig, RuleConfig, RuleHealth, REDIS, LOGGER],
    useFactory: (
      config: ProcessingConfig,
      rules: RuleConfig,
      health: RuleHealth,
      redis: Redis,
      logger: Logger,
    ) =>
      new DetectStage({
        detectors: config.detectors,
        rules: rules.rulesOf,
        windows: new RedisWindowStore(redis),
        correlations: new RedisCorrelationStore(redis, () => countFailure('processor', 'correlation_tidy')),
        health,
        logger,
      }),
  },
  {
    provide: BatchHandler,
    inject: [ProcessingConfig, DetectStage, StoreCoalescer, LOGGER],
    useFactory: (config: ProcessingConfig, stage: DetectStage, coalescer: StoreCoalescer, logger: Logger) =>
      new BatchHandler(config, (sections) => stage.run(sections), coalescer, logger),
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
    provide: WORKERS,
    inject: [REDIS, BatchHandler, Producer, SETTINGS, LOGGER],
    useFactory: (
      redis: Redis,
      handler: BatchHandler,
      producer: Producer<'events'>,
      settings: ProcessorSettings,
      logger: Logger,
    ) => [
      createEventsWorker(redis, handler, settings.PROCESSOR_CONCURRENCY, logger),
      createOverflowWorker(redis, handler, async () => (await producer.depth()).waiting > 0, logger),
    ],
  },
];

const tasks: FactoryProvider[] = [
  {
    provide: PeriodicTasks,
    inject: [
      POOL,
      ProcessingConfig,
      RuleConfig,
      RuleHealth,
      EventPartitions,
      QuietUpdateAnnouncer,
      Producer,
      LOGGER,
    ],
    useFactory: (
      pool: Pool,
      config: ProcessingConfig,
      rules: RuleConfig,
      health: RuleHealth,
      partitions: EventPartitions,
      announcer: QuietUpdateAnnouncer,
      producer: Producer<'events'>,
      logger: Logger,
    ) => {
      const evidence = new EvidenceFiller(pool);
      const activity = new ActivityWatch({
        pool,
        detectors: config.detectors,
        caughtUp: async () => (await producer.depth()).waiting === 0,
        committed: (change) => announcer.committed(change),
      });
      return new PeriodicTasks(
        [
          { name: 'config', everyMs: 1000, run: () => config.refresh() },
          { name: 'rules', everyMs: 1000, run: () => rules.refresh() },
          { name: 'rule_health', everyMs: 5000, run: () => health.flush() },
          { name: 'announce', everyMs: 5000, run: () => announcer.run() },
          { name: 'evidence', everyMs: 2000, run: () => evidence.run() },
          { name: 'activity', everyMs: 60_000, run: () => activity.run() },
          { name: 'queue_depth', everyMs: 2000, run: () => sampleDepth(producer) },
          { name: 'partitions', everyMs: HOUR_MS, run: () => partitions.ensureAround(Date.now()) },
          { name: 'retention', everyMs: 24 * HOUR_MS, run: () => dropExpiredDays(pool, partitions) },
          { name: 'prune', everyMs: HOUR_MS, run: () => prune(pool) },
        ],
        logger,
      );
    },
  },
];

async function sampleDepth(producer: Producer<'events'>): Promise<void> {
  for (const [state, batches] of Object.entries(await producer.depth())) {
    metrics.queueDepth.set({ queue: 'events', state }, batches);
  }
}

@Module({})
export class ProcessorModule {
  static register(settings: ProcessorSettings, logger: Logger): DynamicModule {
    return {
      module: ProcessorModule,
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: LOGGER, useValue: logger },
        ...connections,
        ...pipeline,
        ...tasks,
        ProcessorService,
      ],
    };
  }
}
