import { randomInt } from 'node:crypto';
import type { EventSection, FieldValue, NormalizedEvent } from '@parapet/contracts';
import { createPool, newId } from '@parapet/db';
import { ManagedRules, MemoryWindowStore, type EvidenceStore } from '@parapet/detection';
import { packEvents } from '@parapet/queue';
import { MemoryCorrelationStore, type RuleFile } from '@parapet/sigma';
import { createLogger } from '@parapet/telemetry';
import { anEvent, type TestDatabase } from '@parapet/testing';
import type pg from 'pg';
import { EventPartitions } from '@parapet/eventstore';
import { ProcessingConfig } from '../../apps/processor/src/config/processing-config.js';
import { BatchHandler } from '../../apps/processor/src/pipeline/batch-handler.js';
import { RuleConfig } from '../../apps/processor/src/config/rule-config.js';
import { DetectStage } from '../../apps/processor/src/stages/detect/detect-stage.js';
import { RuleHealth } from '../../apps/processor/src/stages/detect/rule-health.js';
import { BatchStore, type StoreStep } from '../../apps/processor/src/stages/store/batch-store.js';
import { StoreCoalescer } from '../../apps/processor/src/stages/store/store-coalescer.js';

export interface TestProcessor {
  pool: pg.Pool;
  config: ProcessingConfig;
  partitions: EventPartitions;
  coalescer: StoreCoalescer;
  handler: BatchHandler;
  rules: RuleConfig;
  health: RuleHealth;
  /** What the coalescer reported as changed and not announced. */
  quiet: { tenantId: string; alertId: string }[];
  close(): Promise<void>;
}

export interface TestProcessorOptions {
  windows?: MemoryWindowStore;
  correlations?: EvidenceStore;
  /** The managed pack; none by default. */
  pack?: readonly RuleFile[];
  reached?: (step: StoreStep) => void | Promise<void>;
}

/** The processor without its process: everything between a job and PostgreSQL. */
export async function testProcessor(
  database: TestDatabase,
  {
    windows = new MemoryWindowStore(),
    correlations = new MemoryCorrelationStore(),
    pack = [],
    reached,
  }: TestProcessorOptions = {},
): Promise<TestProcessor> {
  const pool = createPool({
    url: database.urlOf('parapet_writer'),
    max: 3,
    name: 'test processor',
    // These tests break connections on purpose.
    onError: () => undefined,
  });
  const logger = createLogger('test', 'silent');
  const config = new ProcessingConfig(pool, logger);
  await config.refresh();
  const health = new RuleHealth(pool);
  const rules = new RuleConfig(pool, new ManagedRules(pack), health, logger);
  await rules.refresh();
  const partitions = new EventPartitions(pool);
  const store = new BatchStore(pool, partitions, reached);
  const quiet: TestProcessor['quiet'] = [];
  const coalescer = new StoreCoalescer({
    maxRows: 5000,
    stores: [(requests, careful, attempt) => store.store(requests, careful, attempt)],
    refresh: async () => {
      partitions.forget();
      await config.load();
    },
    hasTenant: (tenantId) => config.has(tenantId),
    tenantName: (tenantId) => config.nameOf(tenantId),
    committed: (report) => quiet.push(...report.quiet),
    logger,
  });
  const stage = new DetectStage({
    detectors: config.detectors,
    rules: rules.rulesOf,
    windows,
    correlations,
    health,
    logger,
  });
  const handler = new BatchHandler(config, (sections) => stage.run(sections), coalescer, logger);
  const close = async () => {
    handler.stop();
    coalescer.stop();
    await pool.end();
  };
  return { pool, config, partitions, coalescer, handler, rules, health, quiet, close };
}

/** A batch as the queue delivers it. */
export function batchOf(sections: EventSection[], batchId = newId()): { data: unknown; last: boolean } {
  return { data: packEvents(batchId, sections), last: false };
}

/** Failed logins from one address, one a second, each on a connection of its own. */
export function failedLogins(
  tenantId: string,
  count: number,
  given: Record<string, FieldValue> = {},
  start = Date.now() - 60_000,
): NormalizedEvent[] {
  return Array.from({ length: count }, (_, n) =>
    anEvent(tenantId, {
      '@timestamp': start + n * 20,
      'source.port': 1024 + randomInt(60_000),
      'process.pid': n + 1,
      ...given,
    }),
  );
}

/** Events that no detector cares about. */
export function quietEvents(tenantId: string, count: number): NormalizedEvent[] {
  return Array.from({ length: count }, (_, n) =>
    anEvent(tenantId, {
      message: `line ${n}`,
      'event.category': 'process',
      'event.outcome': 'unknown',
    }),
  );
}

/** What is in the database, as numbers. */
export async function countsOf(database: TestDatabase): Promise<Record<string, number>> {
  const [row] = await database.sql<Record<string, string>>(`
    select (select count(*) from events) as events,
      (select count(distinct (tenant_id, id)) from events) as distinct_events,
      (select count(*) from batch_ledger) as batches,
      (select count(*) from alerts) as alerts,
      (select coalesce(sum(event_count), 0) from alerts) as alert_events_counted,
      (select count(*) from alert_events) as evidence,
      (select count(*) from alert_history) as history,
      (select count(*) from outbox where kind = 'alert.created') as created_messages,
      (select count(*) from dead_letters) as dead_letters,
      (select coalesce(sum(events), 0) from source_activity) as activity`);
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]));
}

/** Ends the processor's connections, as a crash of either side does. */
export async function cutConnections(database: TestDatabase): Promise<void> {
  await database.sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'test processor'",
  );
}
