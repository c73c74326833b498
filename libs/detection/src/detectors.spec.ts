import { EVENT_ACTION } from '@parapet/contracts';
import type { DetectorKind, FieldValue, NormalizedEvent } from '@parapet/contracts';
import fc from 'fast-check';
import { detect } from './detect.js';
import type { Detection, TenantDetectors } from './detect.js';
import { distanceKm, impossible } from './detectors/impossible-travel.js';
import { detectorOf } from './detectors/registry.js';
import { MemoryWindowStore } from './windows/memory-window-store.js';

const START = Date.UTC(2026, 2, 3, 1, 44);
const HOUR = 3600;
const DAY = 86_400;
let minted = 0;
const times = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));

function event(seconds: number, fields: Record<string, FieldValue>): NormalizedEvent {
  const time = START + seconds * 1000;
  return {
    id: `event-${(minted += 1)}`,
    tenantId: 'tenant',
    '@timestamp': time,
    'event.ingested': time + 200,
    'event.original': '',
    message: '',
    'host.name': 'db02',
    ...fields,
  };
}

const failed = (seconds: number, address: string, user: string, fields: Record<string, FieldValue> = {}) =>
  event(seconds, {
    'event.category': ['authentication'],
    'event.outcome': 'failure',
    'event.action': EVENT_ACTION.sshLogin,
    'source.ip': address,
    'source.port': 40_000 + (minted % 20_000),
    'user.name': user,
    ...fields,
  });

const login = (seconds: number, address: string, user: string, fields: Record<string, FieldValue> = {}) =>
  failed(seconds, address, user, {
    'event.outcome': 'success',
    'system.auth.ssh.method': 'password',
    ...fields,
  });

const packet = (seconds: number, host: string, port: number, fields: Record<string, FieldValue> = {}) =>
  event(seconds, {
    'event.category': ['network'],
    'event.action': EVENT_ACTION.firewallDrop,
    'event.outcome': 'failure',
    'source.ip': '203.0.113.7',
    'destination.ip': host,
    'destination.port': port,
    ...fields,
  });

const PLACES = {
  berlin: { country: 'DE', lat: 52.52, lon: 13.4 },
  hamburg: { country: 'DE', lat: 53.55, lon: 10.0 },
  madrid: { country: 'ES', lat: 40.42, lon: -3.7 },
  tokyo: { country: 'JP', lat: 35.68, lon: 139.69 },
};
const loginAt = (seconds: number, place: keyof typeof PLACES, user = 'alice') =>
  login(seconds, `198.51.100.${Object.keys(PLACES).indexOf(place)}`, user, {
    'source.geo.country_iso_code': PLACES[place].country,
    'source.geo.location.lat': PLACES[place].lat,
    'source.geo.location.lon': PLACES[place].lon,
  });

async function run(
  kind: DetectorKind,
  batches: NormalizedEvent[][],
  detectors: TenantDetectors = {},
): Promise<Detection[]> {
  const windows = new MemoryWindowStore();
  const found: Detection[] = [];
  for (const events of batches)
    found.push(...(await detect({ tenantId: 'tenant', events }, detectors, windows)));
  return found.filter((one) => one.detector === kind);
}
const runAll = (kind: DetectorKind, events: NormalizedEvent[], detectors?: TenantDetectors) =>
  run(kind, [events], detectors);

describe('distributed brute force', () => {
  const many = (n: number, fields?: Record<string, FieldValue>) =>
    times(n, (i) => failed(i, `198.51.100.${i}`, 'root', fields));

  it('is one user from twenty addresses', async () => {
    expect(await runAll('distributed_brute_force', many(20))).toMatchObject([
      { group: { 'user.name': 'root' }, technique: { id: 'T1110.001' } },
    ]);
    expect(await runAll('distributed_brute_force', many(19))).toEqual([]);
    expect(
      await runAll(
        'distributed_brute_force',
        times(50, (i) => failed(i, '198.51.100.1', 'root')),
      ),
    ).toEqual([]);
  });

  it('is not about users who do not exist', async () => {
    expect(await runAll('distributed_brute_force', many(30, { 'labels.invalid_user': true }))).toEqual([]);
  });

  it('takes a name of any length, and bounds it', async () => {
    const [found] = await runAll(
      'distributed_brute_force',
      times(20, (i) => failed(i, `198.51.100.${i}`, 'x'.repeat(60_000))),
    );
    expect(found?.groupKey).toHaveLength(200);
  });
});

describe('password spraying', () => {
  it('is ten users from one address, known or not', async () => {
    const spray = (n: number) =>
      times(n, (i) =>
        failed(i * 60, '203.0.113.7', `user${i}`, i % 2 === 0 ? { 'labels.invalid_user': true } : {}),
      );
    expect(await runAll('password_spraying', spray(10))).toMatchObject([
      { group: { 'source.ip': '203.0.113.7' } },
    ]);
    expect(await runAll('password_spraying', spray(9))).toEqual([]);
    expect(
      await runAll(
        'password_spraying',
        times(40, (i) => failed(i, '203.0.113.7', 'root')),
      ),
    ).toEqual([]);
  });
});

describe('brute force with success', () => {
  const attack = (address = '203.0.113.7', n = 5) => times(n, (i) => failed(i * 10, address, 'root'));

  it('is a login from the address that had failed often enough, before or after in arrival', async () => {
    const success = login(60, '203.0.113.7', 'root');
    const failures = attack();
    for (const batches of [[[...failures, success]], [[success], failures], [failures, [success]]]) {
      const found = await run('brute_force_success', batches);
      expect(found).toMatchObject([
        { group: { 'source.ip': '203.0.113.7' }, severity: 'critical', from: success['@timestamp'] },
      ]);
      expect([
        ...(found[0]?.ownEvents.map(({ id }) => id) ?? []),
        ...(found[0]?.memberIds.map(({ id }) => id) ?? []),
      ]).toHaveLength(6);
    }
  });

  it('is no login before, long after, from elsewhere, by key, or after too few', async () => {
    const none = async (...events: NormalizedEvent[]) =>
      expect(await runAll('brute_force_success', events)).toEqual([]);
    await none(login(-1, '203.0.113.7', 'root'), ...attack());
    await none(...attack(), login(601, '203.0.113.7', 'root'));
    await none(...attack(), login(60, '203.0.113.8', 'root'));
    await none(...attack(), login(60, '203.0.113.7', 'root', { 'system.auth.ssh.method': 'publickey' }));
    await none(...attack('203.0.113.7', 4), login(60, '203.0.113.7', 'root'));
  });

  it('is a login of the user for whom many addresses failed', async () => {
    const failures = times(5, (i) => failed(i, `198.51.100.${i}`, 'root'));
    expect(await runAll('brute_force_success', [...failures, login(9, '192.0.2.1', 'root')])).toMatchObject([
      { group: { 'user.name': 'root' }, groupKey: 'user.name=root' },
    ]);
    expect(await runAll('brute_force_success', [...failures, login(9, '192.0.2.1', 'alice')])).toEqual([]);
  });

  it('leaves the answers of brute force alone, whether they share windows or not', async () => {
    const events = [
      ...attack(),
      login(60, '203.0.113.7', 'root'),
      ...times(3, (i) => failed(70 + i, '203.0.113.7', 'root')),
    ];
    const { defaults } = detectorOf('brute_force_success');
    const alone = await runAll('brute_force', events, {
      brute_force_success: { ...defaults, enabled: false },
    });
    const shared = await runAll('brute_force', events);
    const apart = await runAll('brute_force', events, { brute_force_success: { ...defaults, threshold: 6 } });
    expect(alone).toHaveLength(1);
    expect(shared).toEqual(alone);
    expect(apart).toEqual(alone);
    expect(
      await runAll('brute_force_success', events, {
        brute_force: { ...detectorOf('brute_force').defaults, enabled: false },
      }),
    ).toHaveLength(1);
  });

  it('counts for each detector what its own exceptions leave', async () => {
    const { defaults } = detectorOf('brute_force');
    const events = [...attack(), login(60, '203.0.113.7', 'root')];
    const except = { brute_force: { ...defaults, exceptions: ['203.0.113.7'] } };
    expect(await runAll('brute_force', events, except)).toEqual([]);
    expect(await runAll('brute_force_success', events, except)).toHaveLength(1);
  });
});

describe('horizontal scan', () => {
  const scan = (n: number, port: number, fields?: Record<string, FieldValue>) =>
    times(n, (i) => packet(i, `10.0.0.${i}`, port, fields));

  it('is one port of twenty hosts', async () => {
    expect(await runAll('horizontal_scan', scan(20, 445))).toMatchObject([
      { group: { 'source.ip': '203.0.113.7', 'destination.port': '445' } },
    ]);
    expect(await runAll('horizontal_scan', scan(19, 445))).toEqual([]);
    expect(
      await runAll(
        'horizontal_scan',
        times(60, (i) => packet(i, `10.0.0.${i}`, 400 + (i % 6))),
      ),
    ).toEqual([]);
  });

  it('is not what browsers do, unless it is refused', async () => {
    const allowed = { 'event.outcome': 'success', 'event.action': EVENT_ACTION.firewallAccept };
    expect(await runAll('horizontal_scan', scan(40, 443, allowed))).toEqual([]);
    expect(await runAll('horizontal_scan', scan(40, 443))).toHaveLength(1);
    expect(await runAll('horizontal_scan', scan(40, 3389, allowed))).toHaveLength(1);
  });
});

describe('impossible travel', () => {
  it('is Berlin and Tokyo within an hour, in any order of arrival', async () => {
    const [a, b] = [loginAt(0, 'berlin'), loginAt(HOUR, 'tokyo')];
    for (const batches of [[[a, b]], [[a], [b]], [[b], [a]], [[b], [a], [a], [b]]]) {
      const [first] = await run('impossible_travel', batches);
      expect(first).toMatchObject({ group: { 'user.name': 'alice' }, from: START, to: START + HOUR * 1000 });
    }
  });

  it('is not a flight, a train, a near city, or two people', async () => {
    const none = async (...events: NormalizedEvent[]) =>
      expect(await runAll('impossible_travel', events)).toEqual([]);
    await none(loginAt(0, 'berlin'), loginAt(10.5 * HOUR, 'tokyo'));
    await none(loginAt(0, 'berlin'), loginAt(3 * HOUR, 'madrid'));
    await none(loginAt(0, 'berlin'), loginAt(0, 'hamburg'));
    await none(loginAt(0, 'berlin'), loginAt(60, 'tokyo', 'bob'));
    await none(loginAt(0, 'berlin'), login(60, '198.51.100.9', 'alice'));
  });

  it('follows the tenant’s speed', async () => {
    const events = [loginAt(0, 'berlin'), loginAt(3 * HOUR, 'madrid')];
    const { defaults } = detectorOf('impossible_travel');
    expect(
      await runAll('impossible_travel', events, { impossible_travel: { ...defaults, threshold: 300 } }),
    ).toHaveLength(1);
  });

  it('knows distances', () => {
    expect(distanceKm('52.5,13.5', '35.5,139.5')).toBeCloseTo(8930, -2);
    expect(distanceKm('0,179.5', '0,-179.5')).toBeCloseTo(111, 0);
    expect(distanceKm('90,0', '-90,0')).toBeCloseTo(20_015, 0);
  });

  it('looks at a thousand places in little time', () => {
    const trail = times(1000, (n) => ({
      id: `p${n}`,
      time: n,
      key: `${(n % 20) / 2},${Math.floor(n / 20) / 2}`,
    }));
    const began = performance.now();
    impossible(trail, detectorOf('impossible_travel').defaults);
    expect(performance.now() - began).toBeLessThan(1500);
  });
});

describe('new country', () => {
  it('is the first login from a country, of a user known for a week', async () => {
    const known = [loginAt(0, 'berlin'), loginAt(3 * DAY, 'berlin')];
    const [found, ...more] = await run('new_country', [known, [loginAt(8 * DAY, 'madrid')]]);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ group: { 'user.name': 'alice' }, from: START + 8 * DAY * 1000 });
  });

  it('is not while the user is being learned, nor another login from there', async () => {
    expect(await runAll('new_country', [loginAt(0, 'berlin'), loginAt(6 * DAY, 'madrid')])).toEqual([]);
    const learned = [loginAt(0, 'berlin'), loginAt(6 * DAY, 'madrid')];
    expect(await run('new_country', [learned, [loginAt(20 * DAY, 'madrid')]])).toEqual([]);
    expect(await run('new_country', [learned, [loginAt(30 * DAY, 'berlin')]])).toEqual([]);
  });

  it('forgets a country after 90 days without a login from it', async () => {
    const before = [loginAt(0, 'berlin'), loginAt(1 * DAY, 'madrid'), loginAt(80 * DAY, 'berlin')];
    expect(await run('new_country', [before, [loginAt(90 * DAY, 'madrid')]])).toEqual([]);
    expect(await run('new_country', [before, [loginAt(92 * DAY, 'madrid')]])).toHaveLength(1);
  });
});

describe('exceptions of users and hosts', () => {
  it('leave their events out, until they expire', async () => {
    const { defaults } = detectorOf('brute_force');
    const events = times(5, (i) => failed(i, '203.0.113.7', 'backup'));
    const except = (expiresAt?: string) => ({
      brute_force: { ...defaults, exceptions: [{ kind: 'user' as const, value: 'backup', expiresAt }] },
    });
    expect(await runAll('brute_force', events, except())).toEqual([]);
    expect(await runAll('brute_force', events, except('2026-01-01T00:00:00Z'))).toHaveLength(1);
  });
});

/** Alerts as they are made of detections: those of a group at most one window apart are one. */
function alertsOf(detections: readonly Detection[]): string[] {
  const alerts: { name: string; from: number; to: number }[] = [];
  for (const { detector, groupKey, from, to, windowSeconds } of [...detections].sort(
    (a, b) => a.from - b.from,
  )) {
    const name = `${detector} ${groupKey}`;
    const last = alerts.findLast((alert) => alert.name === name);
    if (last === undefined || from > last.to + windowSeconds * 1000) alerts.push({ name, from, to });
    else last.to = Math.max(last.to, to);
  }
  return alerts.map(({ name }) => name).sort();
}

describe('any order of arrival, any batches, any repeats', () => {
  const small = { windowSeconds: 60, threshold: 3 };
  const detectors: TenantDetectors = {};
  for (const kind of [
    'brute_force',
    'distributed_brute_force',
    'password_spraying',
    'brute_force_success',
    'port_scan',
    'horizontal_scan',
  ] as const)
    detectors[kind] = { ...detectorOf(kind).defaults, ...small };

  const address = fc.constantFrom('203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4');
  const user = fc.constantFrom('root', 'alice', 'bob', 'carol');
  const at = fc.integer({ min: 0, max: 100 });
  const anyEvent = fc.oneof(
    fc.tuple(at, address, user).map((one) => failed(...one)),
    fc.tuple(at, address, user).map((one) => failed(...one)),
    fc.tuple(at, address, user).map((one) => login(...one)),
    fc
      .tuple(
        at,
        fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'),
        fc.constantFrom(22, 22, 22, 23, 24),
      )
      .map((one) => packet(...one)),
    fc
      .tuple(at, fc.constantFrom('berlin' as const, 'madrid' as const, 'tokyo' as const), user)
      .map(([hours, place, name]) => loginAt(hours * HOUR, place, name)),
  );

  it('make the same alerts', async () => {
    const arrival = fc.array(anyEvent, { maxLength: 40 }).chain((events) =>
      fc.record({
        events: fc.constant(events),
        order: fc.shuffledSubarray([...events.keys()], { minLength: events.length }),
        cut: fc.integer({ min: 1, max: 12 }),
        again: fc.boolean(),
      }),
    );
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(arrival, async ({ events, order, cut, again }) => {
        const alertsFor = async (batches: NormalizedEvent[][]) => {
          const windows = new MemoryWindowStore();
          const found: Detection[] = [];
          for (const batch of batches)
            found.push(...(await detect({ tenantId: 'tenant', events: batch }, detectors, windows)));
          return alertsOf(found);
        };
        const shuffled = order.flatMap((n) => events[n] ?? []);
        const batches: NormalizedEvent[][] = [];
        for (let n = 0; n < shuffled.length; n += cut) {
          batches.push(shuffled.slice(n, n + cut));
          if (again) batches.push(shuffled.slice(n, n + cut));
        }
        const expected = await alertsFor([events]);
        for (const alert of expected) seen.add(alert.split(' ')[0] ?? '');
        expect(await alertsFor(batches)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
    // The events are such that each detector had something to say.
    expect([...seen].sort()).toEqual([
      'brute_force',
      'brute_force_success',
      'distributed_brute_force',
      'horizontal_scan',
      'impossible_travel',
      'password_spraying',
      'port_scan',
    ]);
  });

  it('make the same alerts of new countries, when nothing is later than a day', async () => {
    const events = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 86_000 }),
        fc.constantFrom('berlin' as const, 'madrid' as const, 'tokyo' as const),
        fc.integer({ min: 0, max: 40_000 }),
      ),
      { minLength: 2, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(events, fc.integer({ min: 1, max: 5 }), async (list, cut) => {
        const all = list
          .map(([day, second, place, late]) => ({ one: loginAt(day * DAY + second, place), late }))
          .sort((a, b) => a.one['@timestamp'] - b.one['@timestamp']);
        const lateness = ({ one, late }: (typeof all)[number]) => one['@timestamp'] + late * 1000;
        const arrived = [...all].sort((a, b) => lateness(a) - lateness(b)).map(({ one }) => one);
        const batches: NormalizedEvent[][] = [];
        for (let n = 0; n < arrived.length; n += cut) batches.push(arrived.slice(n, n + cut));
        const expected = await run(
          'new_country',
          all.map(({ one }) => [one]),
        );
        expect(alertsOf(await run('new_country', batches))).toEqual(alertsOf(expected));
        expect(
          alertsOf(
            await run(
              'new_country',
              batches.flatMap((batch) => [batch, batch]),
            ),
          ),
        ).toEqual(alertsOf(expected));
      }),
      { numRuns: 300 },
    );
  });
});
