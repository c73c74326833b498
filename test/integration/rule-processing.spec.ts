import { newId } from '@parapet/db';
import {
  aTenant,
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@parapet/testing';
import { RedisCorrelationStore } from '../../apps/processor/src/stages/detect/redis-correlation-store.js';
import { batchOf, failedLogins, testProcessor, type TestProcessor } from './processor-fixture.js';

const ROOT = '22222222-2222-4222-8222-222222222222';
const MANY = '33333333-3333-4333-8333-333333333333';
const LOW = '44444444-4444-4444-8444-444444444444';

const PACK = `title: Failed login of oracle
id: ${ROOT}
name: failed_oracle
level: high
tags: [attack.credential-access, attack.t1110]
logsource: {product: linux, service: sshd}
detection: {s: {event.outcome: failure, user.name: oracle}, condition: s}
---
title: Failed login
id: ${LOW}
name: failed_login
level: low
logsource: {product: linux, service: sshd}
detection: {s: {event.outcome: failure}, condition: s}
---
title: Seven failed logins
id: ${MANY}
level: high
correlation: {type: event_count, rules: [failed_login], group-by: [source.ip], timespan: 10m, condition: {gte: 7}}
`;
const OWN = (user: string) =>
  `title: Login of ${user}\nlevel: critical\nlogsource: {service: sshd}\ndetection: {s: {user.name: ${user}}, condition: s}\n`;

let database: TestDatabase;
let redis: TestRedis;
let processor: TestProcessor;
let tenant: string;
let other: string;

beforeEach(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  tenant = (await aTenant(database.tenants)).id;
  other = (await aTenant(database.tenants)).id;
  // The built-in detector would alert as well.
  await database.sql('update detectors set enabled = false');
  processor = await testProcessor(database, {
    correlations: new RedisCorrelationStore(redis.client),
    pack: [{ path: 'pack.yml', text: PACK }],
  });
});
afterEach(async () => {
  await processor.close();
  await redis.drop();
  await database.drop();
});

const alertsOf = (tenantId: string) =>
  database.sql<{ detector: string; title: string; severity: number; event_count: string; kept: number }>(
    `select detector, title, severity, event_count, group_fields, technique, status,
       (select count(*)::int from alert_events e where e.tenant_id = a.tenant_id and e.alert_id = a.id) as kept
     from alerts a where tenant_id = $1 order by detector`,
    [tenantId],
  );
const statsOf = async (tenantId: string) => {
  const rows = await database.sql<{
    rule_id: string;
    matches: string;
    errors: string;
    last_error: string | null;
  }>('select rule_id, matches, errors, last_error from rule_stats where tenant_id = $1', [tenantId]);
  return new Map(rows.map((row) => [row.rule_id, row]));
};
async function addRule(tenantId: string, yaml: string): Promise<string> {
  const id = newId();
  await database.sql(
    `insert into rules (id, tenant_id, sigma_id, title, kind, origin, yaml) values ($1, $2, $1::uuid::text, 't', 'detection', 'own', $3)`,
    [id, tenantId, yaml],
  );
  return id;
}
const ssh = (user: string, ip = '203.0.113.9') => ({
  'event.module': 'system',
  'process.name': 'sshd',
  'user.name': user,
  'source.ip': ip,
});
const send = (tenantId: string, events: ReturnType<typeof failedLogins>) =>
  processor.handler.handle(batchOf([{ tenantId, events }]));

describe('Sigma rules in the processor', () => {
  it('a managed rule makes an alert with its level, technique, group and evidence', async () => {
    await send(tenant, failedLogins(tenant, 3, ssh('oracle')));
    expect(await alertsOf(tenant)).toMatchObject([
      {
        detector: `rule:${ROOT}`,
        title: 'Failed login of oracle',
        severity: 4,
        event_count: '3',
        kept: 3,
        group_fields: { 'source.ip': '203.0.113.9' },
        technique: { id: 'T1110', tactic: 'Credential Access' },
      },
    ]);
    const stats = await statsOf(tenant);
    expect([stats.get(ROOT)?.matches, stats.get(LOW)?.matches]).toEqual(['3', '3']);
    await send(tenant, failedLogins(tenant, 2, ssh('oracle')));
    expect(await alertsOf(tenant)).toMatchObject([{ event_count: '5', kept: 5 }]);
    expect(await alertsOf(other)).toEqual([]);
  });

  it('a correlation counts over batches, and shows the events of all of them', async () => {
    for (let n = 0; n < 6; n++) await send(tenant, failedLogins(tenant, 1, ssh(`u${n}`)));
    expect(await alertsOf(tenant)).toEqual([]);
    await send(tenant, failedLogins(tenant, 1, ssh('u7')));
    expect(await alertsOf(tenant)).toMatchObject([
      { detector: `rule:${MANY}`, event_count: '7', kept: 7, group_fields: { 'source.ip': '203.0.113.9' } },
    ]);
    await send(tenant, failedLogins(tenant, 1, ssh('u8')));
    expect(await alertsOf(tenant)).toMatchObject([{ event_count: '8', kept: 8 }]);
  });

  it('a batch that comes again counts nothing twice', async () => {
    const batch = batchOf([{ tenantId: tenant, events: failedLogins(tenant, 7, ssh('oracle')) }]);
    await processor.handler.handle(batch);
    const before = [await alertsOf(tenant), [...(await statsOf(tenant))]];
    await processor.handler.handle(batch);
    expect([await alertsOf(tenant), [...(await statsOf(tenant))]]).toEqual(before);
    expect(before[0]).toHaveLength(2);
  });

  it('switches and overrides are the tenant’s own, and in force at the next look', async () => {
    await database.sql(
      `insert into rule_settings (tenant_id, rule_id, enabled, threshold) values ($1, $2, false, null), ($1, $3, true, 3)`,
      [tenant, ROOT, MANY],
    );
    await processor.rules.refresh();
    await send(tenant, failedLogins(tenant, 3, ssh('oracle')));
    await send(other, failedLogins(other, 3, ssh('oracle')));
    expect((await alertsOf(tenant)).map(({ detector }) => detector)).toEqual([`rule:${MANY}`]);
    expect((await alertsOf(other)).map(({ detector }) => detector)).toEqual([`rule:${ROOT}`]);
    await database.sql('delete from rule_settings');
    await processor.rules.refresh();
    await send(tenant, failedLogins(tenant, 3, ssh('oracle', '203.0.113.10')));
    expect((await alertsOf(tenant)).map(({ detector }) => detector)).toContain(`rule:${ROOT}`);
  });

  it('a broken rule of a tenant is shown with its reason, and stops nothing', async () => {
    const broken = await addRule(
      tenant,
      'title: x\nlogsource: {service: sshd}\ndetection: {condition: nothing}\n',
    );
    const good = await addRule(tenant, OWN('eve'));
    await processor.rules.refresh();
    await send(tenant, failedLogins(tenant, 1, ssh('eve')));
    await send(other, failedLogins(other, 1, ssh('eve')));
    expect(await alertsOf(tenant)).toMatchObject([{ detector: `rule:${good}`, severity: 5 }]);
    expect(await alertsOf(other)).toEqual([]);
    await processor.health.flush();
    expect((await statsOf(tenant)).get(broken)).toMatchObject({
      errors: '1',
      last_error: expect.stringMatching(/^it is not in force: line \d+, column \d+: /),
    });
  });

  it('a rule that is removed or changed is followed; other tenants are not read again', async () => {
    const id = await addRule(tenant, OWN('eve'));
    await addRule(other, OWN('eve'));
    await processor.rules.refresh();
    const untouched = processor.rules.rulesOf(other);
    await database.sql('update rules set yaml = $2, version = 2 where id = $1', [id, OWN('bob')]);
    await processor.rules.refresh();
    expect(processor.rules.rulesOf(other)).toBe(untouched);
    await send(tenant, failedLogins(tenant, 1, ssh('eve')));
    expect(await alertsOf(tenant)).toEqual([]);
    await send(tenant, failedLogins(tenant, 1, ssh('bob')));
    expect(await alertsOf(tenant)).toMatchObject([{ title: 'Login of bob' }]);
    await database.sql('delete from rules where id = $1', [id]);
    await processor.rules.refresh();
    await send(tenant, failedLogins(tenant, 1, ssh('bob', '203.0.113.77')));
    expect(await alertsOf(tenant)).toHaveLength(1);
  });

  it('what is gathered about rules outlives a tenant that is removed', async () => {
    processor.health.failed(newId(), ROOT, 'x');
    processor.health.failed(tenant, ROOT, 'y');
    processor.health.timed(tenant, ROOT, 20, 12.6);
    await processor.health.flush();
    expect((await statsOf(tenant)).get(ROOT)).toMatchObject({ errors: '1', last_error: 'y' });
  });
});
