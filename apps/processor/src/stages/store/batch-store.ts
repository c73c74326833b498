import type { Pool, PoolClient } from 'pg';
import type { EventSection, NormalizedEvent } from '@parapet/contracts';
import { copyEvents, dayOf, EventPartitions, EventRowEncoder } from '@parapet/eventstore';
import type { Detection } from '@parapet/detection';
import { groupBy } from '../../group-by.js';
import { becomeTenant, inTransaction, type TransactionLimits } from '../../transactions.js';
import { AlertWriter } from '../alert/alert-writer.js';
import { bisect } from './carefully.js';
import { addDeadLetters } from './dead-letters.js';
import { addRuleCounts, sumCounts } from './rule-counts.js';
import { addActivity, countActivity } from './source-activity.js';
import { emptyReport, type StoreReport, type StoreRequest } from './store-request.js';

/**
 * A processor that stands still in the middle of a transaction holds locks that whoever gets its batches next waits for, so
 * PostgreSQL ends it soon. A server that is only slow gets more time at the next try.
 */
const HURRIED: TransactionLimits = { idle: 10, statement: 20 };
const PATIENT: TransactionLimits = { idle: 30, statement: 120 };

/** Steps of a store transaction, for tests that break it between any two. */
export type StoreStep = 'begun' | 'ledger' | 'events' | 'dead-letters' | 'alerts' | 'activity' | 'committed';

const LEDGER = `
insert into batch_ledger (batch_id, events) select * from unnest($1::uuid[], $2::integer[])
on conflict do nothing returning batch_id`;

interface Placed {
  batchId: string;
  event: NormalizedEvent;
}

/**
 * Stores batches in one transaction: ledger, events, dead letters, alerts with outbox, counts of rules, source activity. A batch that
 * the ledger knows is skipped with everything that belongs to it, so that any number of deliveries store it once.
 */
export class BatchStore {
  private readonly encoder = new EventRowEncoder();
  private readonly alerts = new AlertWriter();

  constructor(
    private readonly pool: Pool,
    private readonly partitions: EventPartitions,
    private readonly reached: (step: StoreStep) => void | Promise<void> = () => undefined,
  ) {}

  /**
   * `careful`: after PostgreSQL refused a value, find the event (or detection) it belongs to and set that aside alone.
   * Throws what PostgreSQL throws (`storeFaultOf` says what to do); then nothing was stored, unless the
   * connection broke while committing, which the ledger tells at the next try.
   */
  async store(requests: readonly StoreRequest[], careful: boolean, attempt: number): Promise<StoreReport> {
    await this.partitions.ensure(daysOf(requests));
    try {
      const report = await inTransaction(
        this.pool,
        (client) => this.write(client, requests, careful),
        attempt === 0 ? HURRIED : PATIENT,
      );
      await this.reached('committed');
      return report;
    } catch (error) {
      // A broken connection may still hold the buffers.
      this.encoder.discard();
      throw error;
    }
  }

  private async write(
    client: PoolClient,
    requests: readonly StoreRequest[],
    careful: boolean,
  ): Promise<StoreReport> {
    const report = emptyReport();
    await this.reached('begun');
    const fresh = await this.enterLedger(client, requests);
    report.duplicateBatches = requests.length - fresh.length;
    await this.reached('ledger');
    if (fresh.length === 0) return report;

    await this.storeEvents(client, fresh, careful, report);
    await this.reached('events');
    await addDeadLetters(client, report.setAside);
    await this.reached('dead-letters');
    await this.storeDetections(
      client,
      fresh.flatMap((request) => request.detections),
      careful,
      report,
    );
    await this.reached('alerts');
    // Last, because busy rules and sources are one row for all processors, locked until the commit.
    await addRuleCounts(client, sumCounts(fresh.flatMap(({ ruleCounts }) => ruleCounts)));
    await addActivity(client, countActivity(fresh.flatMap(allSections)));
    await this.reached('activity');
    return report;
  }

  /** Returns the requests that were not stored before. Sorted, so that two processors can't wait for each other. */
  private async enterLedger(client: PoolClient, requests: readonly StoreRequest[]): Promise<StoreRequest[]> {
    const sorted = [...requests].sort((a, b) => (a.batchId < b.batchId ? -1 : 1));
    const { rows } = await client.query<{ batch_id: string }>(LEDGER, [
      sorted.map((request) => request.batchId),
      sorted.map((request) => allSections(request).reduce((sum, { events }) => sum + events.length, 0)),
    ]);
    const entered = new Set(rows.map((row) => row.batch_id));
    // A batch that was delivered twice at once is entered once.
    return requests.filter((request) => entered.delete(request.batchId.toLowerCase()));
  }

  private async storeEvents(
    client: PoolClient,
    fresh: readonly StoreRequest[],
    careful: boolean,
    report: StoreReport,
  ): Promise<void> {
    report.setAside.push(...fresh.flatMap((request) => request.setAside));
    const rows = fresh.flatMap(({ batchId, sections }) =>
      sections.flatMap(({ events }) => events.map((event): Placed => ({ batchId, event }))),
    );
    if (!careful) {
      await this.copy(client, rows, report);
      return;
    }
    await bisect(
      client,
      rows,
      (part) => this.copy(client, part, report),
      ({ event, batchId }, fault, error) => {
        if (fault === 'duplicate') report.duplicateEvents++;
        else report.setAside.push({ event, batchId, reason: 'poison', detail: String(error) });
      },
    );
  }

  private async copy(client: PoolClient, rows: readonly Placed[], report: StoreReport): Promise<void> {
    const refused: StoreReport['setAside'] = [];
    this.encoder.begin();
    for (const { event, batchId } of rows) {
      const detail = this.encoder.add(event);
      if (detail !== null) refused.push({ event, batchId, reason: 'poison', detail });
    }
    if (this.encoder.rows > 0) report.stored += await copyEvents(client, this.encoder.finish());
    report.setAside.push(...refused);
  }

  private async storeDetections(
    client: PoolClient,
    detections: readonly Detection[],
    careful: boolean,
    report: StoreReport,
  ): Promise<void> {
    if (detections.length === 0) return;
    const byTenant = groupBy(detections, (detection) => detection.tenantId);
    for (const tenantId of [...byTenant.keys()].sort()) {
      await becomeTenant(client, tenantId);
      const own = byTenant.get(tenantId) ?? [];
      const write = async (part: readonly Detection[]) => this.alerts.write(client, tenantId, part, report);
      if (!careful) await write(own);
      else {
        await bisect(client, own, write, (detection, _fault, error) =>
          report.failedDetections.push({ detection: `${detection.detector} ${detection.groupKey}`, error }),
        );
      }
      await client.query('reset role');
    }
  }
}

/** All events of a batch by tenant, those set aside too: their source is alive. */
function allSections({ sections, setAside }: StoreRequest): EventSection[] {
  const aside = groupBy(
    setAside.map(({ event }) => event),
    (event) => event.tenantId,
  );
  return [...sections, ...[...aside].map(([tenantId, events]) => ({ tenantId, events }))];
}

function daysOf(requests: readonly StoreRequest[]): Set<number> {
  const days = new Set<number>();
  for (const { sections } of requests) {
    for (const { events } of sections) for (const event of events) days.add(dayOf(event['@timestamp']));
  }
  return days;
}
