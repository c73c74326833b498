import type { Alert, Dashboard, ResponseOf, WireEvent, endpoints } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { Statement } from '@parapet/eventstore';
import { anEvent } from '@parapet/testing';
import { storedAlert, storeEvents } from './support/api-rows.js';
import { problemOf, startApi, type ApiServer } from './support/api-server.js';

let api: ApiServer;
let tenant: Awaited<ReturnType<ApiServer['customer']>>;
const get = async <T>(path: string): Promise<T> => {
  const answer = await api.call('GET', path, { token: tenant.members.viewer.token });
  if (answer.status !== 200)
    throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body as T;
};
/** Every item of a list, page by page. */
const walk = async <T>(path: string): Promise<T[]> => {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: T[]; nextCursor: string | null } = await get(
      `${path}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
};
const NOW = Date.now();

beforeAll(async () => {
  api = await startApi();
  tenant = await api.customer('acme');
});
afterAll(() => api?.stop());

describe('events', () => {
  const texts = (events: WireEvent[]) => events.map(({ message }) => message).sort();

  beforeAll(async () => {
    const minute = (n: number) => NOW - n * 60_000;
    await storeEvents(api.database, [
      ...Array.from({ length: 23 }, (_, n) =>
        anEvent(tenant.id, { '@timestamp': minute(30), message: `tied ${n}`, 'source.ip': '10.9.0.1' }),
      ),
      anEvent(tenant.id, {
        '@timestamp': minute(10),
        message: '100% of C:\\temp_x',
        'event.severity': 'critical',
        'source.ip': '198.51.100.7',
        'user.name': 'alice',
        'event.outcome': 'success',
        'host.name': 'db1',
        'event.dataset': 'sshd',
        'custom.field': ['a', 'b'],
      }),
      anEvent(tenant.id, {
        '@timestamp': minute(9),
        message: '1000 of C:/temp x',
        'event.severity': 'low',
        'source.ip': '2001:db8::7',
      }),
      anEvent(tenant.id, {
        '@timestamp': minute(8),
        message: 'ÄPFEL',
        'source.ip': '198.51.101.7',
        'event.severity': 'low',
      }),
      anEvent(tenant.id, {
        '@timestamp': minute(26 * 60),
        message: 'yesterday',
        'source.ip': '198.51.100.8',
      }),
    ]);
  });

  it('come in pages that neither repeat nor leave out an event, however many share a time', async () => {
    for (const limit of [1, 5, 23, 500]) {
      const seen = await walk<WireEvent>(`/events?limit=${limit}&q=tied`);
      expect(seen).toHaveLength(23);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(23);
      expect(seen.map(({ id }) => id)).toEqual([...seen.map(({ id }) => id)].sort().reverse());
    }
  });

  it('show every field, and the last 24 hours unless asked otherwise', async () => {
    const [event] = (await get<{ items: WireEvent[] }>('/events?userName=alice')).items;
    expect(event).toMatchObject({
      '@timestamp': new Date(NOW - 600_000).toISOString(),
      'event.severity': 'critical',
      'source.ip': '198.51.100.7',
      'custom.field': ['a', 'b'],
    });
    expect(event).not.toHaveProperty('tenantId');
    expect(await get(`/events/${event?.id}`)).toEqual(event);
    expect(await walk('/events?q=yesterday')).toHaveLength(0);
    const from = new Date(NOW - 48 * 3_600_000).toISOString();
    expect(await walk(`/events?q=yesterday&from=${from}`)).toHaveLength(1);
    expect(
      await walk(`/events?q=yesterday&from=${from}&to=${new Date(NOW - 27 * 3_600_000).toISOString()}`),
    ).toHaveLength(0);
  });

  it.each([
    ['q=100%25', ['100% of C:\\temp_x']],
    ['q=temp_x', ['100% of C:\\temp_x']],
    [`q=${encodeURIComponent('C:\\')}`, ['100% of C:\\temp_x']],
    ['q=äpfel', ['ÄPFEL']],
    ['severity=critical,low', ['100% of C:\\temp_x', '1000 of C:/temp x', 'ÄPFEL']],
    ['severity=critical&severity=info&dataset=sshd', ['100% of C:\\temp_x']],
    ['sourceIp=198.51.100.7', ['100% of C:\\temp_x']],
    ['sourceIp=198.51.100.0/23', ['100% of C:\\temp_x', 'ÄPFEL']],
    ['sourceIp=198.51.100.99/24', ['100% of C:\\temp_x']],
    ['sourceIp=2001:db8::/32', ['1000 of C:/temp x']],
    ['outcome=success&hostName=db1', ['100% of C:\\temp_x']],
    ["userName=alice' or '1'='1", []],
  ])('are found by %s', async (query, expected) => {
    expect(texts(await walk<WireEvent>(`/events?limit=500&${query}`))).toEqual(expected);
  });

  it.each(['x', 'bnVsbA', Buffer.from('["2026","x"]').toString('base64url')])(
    'refuse the cursor %s',
    async (cursor) => {
      const answer = await api.call('GET', `/events?cursor=${cursor}`, {
        token: tenant.members.viewer.token,
      });
      expect(answer.status).toBe(400);
      expect(problemOf(answer).errors?.[0]?.path).toBe('query.cursor');
    },
  );

  it('are counted in steps without gaps that add up', async () => {
    const range = `from=${new Date(NOW - 3_600_000).toISOString()}&to=${new Date(NOW).toISOString()}`;
    const { stepSeconds, buckets } = await get<ResponseOf<typeof endpoints.eventHistogram>>(
      `/events/histogram?${range}&buckets=60`,
    );
    expect([stepSeconds, buckets.length]).toEqual([60, 60]);
    expect(buckets.reduce((sum, { total }) => sum + total, 0)).toBe(26);
    expect(buckets[30]).toMatchObject({ total: 23 });
    expect(buckets.flatMap(({ bySeverity }) => bySeverity.critical ?? [])).toEqual([1]);
  });

  it('R27 are read through the index of tenant and time, as the app role, whatever the filter', async () => {
    const plans: Record<string, string> = {};
    const filters = {
      all: '',
      text: `and message ilike '%x%'`,
      prefix: `and source_ip <<= '10.0.0.0/8'`,
      page: `and (ts, id) < (now(), '${newId()}')`,
    };
    await api.database.sql('analyze events');
    for (const [name, filter] of Object.entries(filters)) {
      const statement = new Statement();
      const sql = `explain select id, message from events where tenant_id = ${statement.add(tenant.id)}
        and ts >= now() - interval '1 day' ${filter} order by ts desc, id desc limit 51`;
      await api.database.tenants.withTenantSql(tenant.id, async (query) => {
        await query('set local enable_seqscan = off');
        const { rows } = await query<{ 'QUERY PLAN': string }>(sql, statement.params);
        plans[name] = rows.map((row) => row['QUERY PLAN']).join('\n');
      });
    }
    for (const plan of Object.values(plans)) {
      expect(plan).not.toMatch(/Seq Scan/);
      expect(plan).toMatch(
        /Index (Only )?Scan Backward[\s\S]*Index Cond: \(\(tenant_id = [^)]*\) AND \(ts >= /,
      );
    }
  });
});

describe('alerts', () => {
  const SAME = new Date(NOW - 120_000);
  let ids: string[];

  beforeAll(async () => {
    ids = [];
    for (let n = 0; n < 9; n++) {
      ids.push(
        await storedAlert(api.database, tenant.id, {
          lastSeen: SAME,
          severity: n % 2 ? 'low' : 'high',
          events: n % 3,
          title: `Alert ${n}`,
        }),
      );
    }
    ids.push(
      await storedAlert(api.database, tenant.id, {
        lastSeen: new Date(NOW - 10_000),
        severity: 'critical',
        title: '100% sure',
      }),
    );
  });

  it.each(['lastSeen', 'createdAt', 'severity', 'eventCount'])(
    'come in pages by %s, both ways',
    async (sort) => {
      const down = await walk<Alert>(`/alerts?limit=4&sort=${sort}`);
      const up = await walk<Alert>(`/alerts?limit=3&sort=${sort}&order=asc`);
      expect(down.map(({ id }) => id).sort()).toEqual([...ids].sort());
      expect(up.map(({ id }) => id)).toEqual(down.map(({ id }) => id).reverse());
    },
  );

  it('are counted whole, whatever the page', async () => {
    expect(await get('/alerts?limit=2')).toMatchObject({ total: 10, items: { length: 2 } });
    expect(await get('/alerts?limit=2&severity=low')).toMatchObject({ total: 4 });
    expect(await get('/alerts?q=100%25')).toMatchObject({ total: 1, items: [{ title: '100% sure' }] });
    expect(await get('/alerts?q=203.0.113.7')).toMatchObject({ total: 10 });
    expect(await get('/alerts?status=resolved')).toMatchObject({ total: 0, items: [], nextCursor: null });
    expect(await get(`/alerts?from=${new Date(NOW - 60_000).toISOString()}`)).toMatchObject({ total: 1 });
  });

  it('refuse a cursor of another order', async () => {
    const { nextCursor } = await get<{ nextCursor: string }>('/alerts?limit=2&sort=severity');
    const answer = await api.call('GET', `/alerts?limit=2&cursor=${nextCursor}`, {
      token: tenant.members.viewer.token,
    });
    expect(answer.status).toBe(400);
  });
});

describe('the overview', () => {
  it('adds up', async () => {
    const answer = await get<Dashboard>('/dashboard');
    expect(answer.eventsTotal).toBe(26);
    expect(answer.eventsPrevious).toBe(1);
    expect(answer.eventsOverTime.reduce((sum, { total }) => sum + total, 0)).toBe(26);
    expect(answer.eventsOverTime.reduce((sum, { failures }) => sum + failures, 0)).toBe(25);
    expect(answer.alertsOverTime).toHaveLength(answer.eventsOverTime.length);
    expect(answer.alertsOverTime.reduce((sum, { total }) => sum + total, 0)).toBe(10);
    expect(answer).toMatchObject({
      alertsOpen: 10,
      alertsOpenBySeverity: { critical: 1, high: 5, low: 4 },
      alertsByStatus: { new: 10 },
      sourcesTotal: 0,
      lastEventAt: null,
      map: [{ countryCode: 'DE', country: 'Germany', alerts: 10, events: 0 }],
    });
    expect(answer.topSources[0]).toEqual({ ip: '10.9.0.1', countryCode: null, events: 23, failures: 23 });
    expect(answer.topUsers).toEqual([
      { name: 'root', events: 25, failures: 25 },
      { name: 'alice', events: 1, failures: 0 },
    ]);
    expect(answer.recentAlerts[0]?.title).toBe('100% sure');
  });
});
