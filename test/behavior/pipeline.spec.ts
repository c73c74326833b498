import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createTenant } from '@parapet/db';
import { DETECTORS } from '@parapet/detection';
import { readIntelValue } from '@parapet/enrich';
import { DETECTOR_KINDS } from '@parapet/contracts';
import { randomUUID } from 'node:crypto';
import {
  readCases,
  readSharedCases,
  readStreamCase,
  type BehaviorCase,
  type ExpectedAlert,
} from './cases.js';
import { Pipeline } from './pipeline.js';

const streams = resolve('..', 'shared', 'testdata', 'streams');
const boundary = join(streams, 'bf_scan_boundary.jsonl');
const shared: (BehaviorCase & { mayAlert?: readonly string[] })[] = existsSync(boundary)
  ? [
      ...readSharedCases(boundary),
      ...['crowdsec_ssh-slow-bf', 'crowdsec_iptables-scan-multi-port'].map((name) =>
        readStreamCase(join(streams, `${name}.log`), join(streams, `${name}.expected.json`)),
      ),
    ]
  : [];
const cases: (BehaviorCase & { mayAlert?: readonly string[] })[] = [
  ...readCases(resolve('test/behavior/cases')),
  ...shared,
];

type Tenant = 'A' | 'B';
const TENANTS: readonly Tenant[] = ['A', 'B'];

interface StoredAlert {
  tenant_id: string;
  detector: string;
  group_fields: Record<string, string>;
  event_count: number;
}

/** Each case has tenants and sender addresses of its own: 127.20.<case>.1 is its tenant A, .2 its tenant B. */
const addressOf = (index: number, tenant: Tenant) => `127.20.${index}.${tenant === 'A' ? 1 : 2}`;

async function addTenants(
  pipeline: Pipeline,
  one: BehaviorCase,
  index: number,
): Promise<Record<Tenant, string>> {
  const ids: Record<Tenant, string> = { A: randomUUID(), B: randomUUID() };
  for (const tenant of TENANTS) {
    const changes = one.detectors[tenant] ?? {};
    await createTenant(
      pipeline.database.tenants,
      {
        id: ids[tenant],
        slug: `case-${index}-${tenant.toLowerCase()}`,
        name: `${one.name} ${tenant}`,
        kind: 'customer',
        detectors: DETECTOR_KINDS.flatMap((kind) =>
          DETECTORS.filter((d) => d.kind === kind).map((d) => ({ ...d.defaults, ...changes[kind], kind })),
        ),
      },
      async (tx) => {
        const listed = one.indicators?.[tenant] ?? [];
        if (listed.length > 0) {
          const feedId = randomUUID();
          await tx.intelFeed.createMany({
            data: [
              { id: feedId, tenantId: ids[tenant], name: 'case', kind: 'plain', indicators: listed.length },
            ],
          });
          await tx.intelIndicator.createMany({
            data: listed.map((text) => {
              const value = readIntelValue(text);
              if ('why' in value) throw new Error(`${text}: ${value.why}`);
              return { ...value, tenantId: ids[tenant], feedId, confidence: 80, firstSeen: new Date() };
            }),
          });
        }
        await tx.source.create({
          data: {
            id: randomUUID(),
            tenantId: ids[tenant],
            name: 'case',
            cidr: `${addressOf(index, tenant)}/32`,
            type: 'auto',
            timeZone: 'UTC',
          },
        });
      },
    );
  }
  return ids;
}

const sortable = (alert: ExpectedAlert) =>
  JSON.stringify([alert.tenant, alert.detector, alert.group, alert.events]);

describe('log lines in, events and alerts out', () => {
  let pipeline: Pipeline;
  const tenantsOf: Record<Tenant, string>[] = [];
  const alerts = new Map<string, StoredAlert[]>();

  // All cases are played at once, as the product would meet them; those that restart the processor come in two parts.
  beforeAll(async () => {
    pipeline = await Pipeline.start();
    for (const [index, one] of cases.entries()) tenantsOf.push(await addTenants(pipeline, one, index));
    await new Promise((done) => setTimeout(done, 2500)); // the ingestor and the processor see a change within 2 s
    let count = 0;
    const sendPart = async (part: number) => {
      for (const [index, one] of cases.entries()) {
        const cut = one.steps.findIndex((step) => 'control' in step);
        const [from, to] =
          cut === -1
            ? [0, part === 0 ? one.steps.length : 0]
            : part === 0
              ? [0, cut]
              : [cut + 1, one.steps.length];
        for (const tenant of TENANTS) {
          const lines = one.steps
            .slice(from, to)
            .flatMap((step) => ('line' in step && step.tenant === tenant ? [step.line] : []));
          if (lines.length > 0) await pipeline.send(addressOf(index, tenant), lines);
          count += lines.length;
        }
      }
      await pipeline.stored(count);
    };
    await sendPart(0);
    await pipeline.killAndRestart('processor');
    await sendPart(1);
    const rows = await pipeline.database.sql<StoredAlert>(
      'SELECT tenant_id, detector, group_fields, event_count::int FROM alerts',
    );
    for (const row of rows) alerts.set(row.tenant_id, [...(alerts.get(row.tenant_id) ?? []), row]);
  }, 180_000);

  afterAll(() => pipeline?.stop());

  if (shared.length === 0)
    it.skip('the boundary cases of ../shared/testdata/streams: the folder is absent', () => undefined);

  it.each(cases.map((one, index) => [one.name, index] as const))('%s', (_name, index) => {
    const one = cases[index];
    const tenants = tenantsOf[index];
    if (!one || !tenants) throw new Error('no such case');
    const found = TENANTS.flatMap((tenant) =>
      (alerts.get(tenants[tenant]) ?? [])
        .filter((alert) => one.only === undefined || alert.detector === one.only)
        .filter((alert) => !one.mayAlert?.includes(alert.group_fields['source.ip'] ?? ''))
        .map((alert): ExpectedAlert => {
          const counted = one.alerts.some((e) => e.detector === alert.detector && e.events !== undefined);
          return {
            tenant,
            detector: alert.detector,
            group: alert.group_fields,
            ...(counted ? { events: alert.event_count } : {}),
          };
        }),
    );
    expect(found.map(sortable).sort()).toEqual(one.alerts.map(sortable).sort());
  });
});
