import { jest } from '@jest/globals';
import { DETECTOR_KINDS, EVENT_ACTION } from '@parapet/contracts';
import type { NormalizedEvent } from '@parapet/contracts';
import { detect } from './detect.js';
import type { Detection, TenantDetectors } from './detect.js';
import { bruteForce } from './detectors/brute-force.js';
import { portScan } from './detectors/port-scan.js';
import { DETECTORS } from './detectors/registry.js';
import { MemoryWindowStore } from './windows/memory-window-store.js';
import type { WindowStore } from './windows/window.js';

const START = Date.UTC(2026, 2, 3, 1, 44);
const DAY = 86_400_000;
const ATTACKER = '203.0.113.117';
let minted = 0;

function event(
  seconds: number,
  fields: Record<string, string | number | boolean | string[]>,
): NormalizedEvent {
  const time = START + seconds * 1000;
  return {
    id: `event-${(minted += 1)}`,
    tenantId: 'tenant',
    '@timestamp': time,
    'event.ingested': time + 200,
    'event.original': '',
    message: '',
    'host.name': 'db02',
    'source.ip': ATTACKER,
    ...fields,
  };
}

/** A failed login, each on a connection of its own unless a port is given. */
const failed = (seconds: number, fields: Record<string, string | number | boolean | string[]> = {}) =>
  event(seconds, {
    'event.category': ['authentication'],
    'event.outcome': 'failure',
    'event.action': EVENT_ACTION.sshLogin,
    'process.name': 'sshd',
    'process.pid': 1000 + seconds,
    'source.port': 40_000 + seconds,
    ...fields,
  });

const packet = (seconds: number, port: number, fields: Record<string, string> = {}) =>
  event(seconds, {
    'event.category': ['network'],
    'event.action': 'drop',
    'destination.port': port,
    ...fields,
  });

const times = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));

async function run(events: NormalizedEvent[], detectors: TenantDetectors = {}): Promise<Detection[]> {
  return await detect({ tenantId: 'tenant', events }, detectors, new MemoryWindowStore());
}

describe('brute force', () => {
  it('is five failed logins from one address in 300 s', async () => {
    const events = times(5, (i) => failed(i * 75));
    const [detection, ...more] = await run(events);
    expect(more).toEqual([]);
    expect(detection).toMatchObject({
      detector: 'brute_force',
      tenantId: 'tenant',
      group: { 'source.ip': ATTACKER },
      groupKey: ATTACKER,
      from: START,
      to: START + 300_000,
      memberIds: [],
      severity: 'high',
      title: `Brute force from ${ATTACKER}`,
      technique: { id: 'T1110', name: 'Brute Force', tactic: 'Credential Access' },
      windowSeconds: 300,
      historical: false,
    });
    expect(detection?.ownEvents).toEqual(events);
    expect(await run(times(5, (i) => failed(i * 76)))).toEqual([]);
    expect(await run(times(4, (i) => failed(i)))).toEqual([]);
  });

  it('does not count successes', async () => {
    expect(await run(times(50, (i) => failed(i, { 'event.outcome': 'success' })))).toEqual([]);
  });

  it('counts "Invalid user" and "Failed password" of one connection once, but every password on it', async () => {
    const double = times(4, (i) => [
      failed(i, { 'event.action': EVENT_ACTION.sshInvalidUser, 'source.port': 41_000 + i }),
      failed(i, { 'source.port': 41_000 + i }),
    ]).flat();
    expect(await run(double)).toEqual([]);
    const three = times(3, (i) => failed(10 + i, { 'source.port': 41_000 }));
    expect(await run([...double, ...three])).toHaveLength(1);
    expect(await run(times(5, (i) => failed(i, { 'source.port': 41_000 })))).toHaveLength(1);
  });

  it('counts "Invalid user" that no "Failed" follows', async () => {
    expect(
      await run(times(5, (i) => failed(i, { 'event.action': EVENT_ACTION.sshInvalidUser }))),
    ).toHaveLength(1);
  });

  it('takes the same port on two hosts as two connections', async () => {
    const lines = [
      ...times(3, (i) => failed(i, { 'source.port': 41_000 })),
      ...times(2, (i) =>
        failed(i, {
          'source.port': 41_000,
          'host.name': 'web01',
          'event.action': EVENT_ACTION.sshInvalidUser,
        }),
      ),
    ];
    expect(await run(lines)).toHaveLength(1);
  });

  it('counts a keyboard-interactive failure once, whether PAM alone reports it or "Failed" does too', async () => {
    const noPort = { 'source.port': '' };
    const pam = (i: number, pid: number) =>
      failed(i, { 'event.action': EVENT_ACTION.sshPamFailure, 'process.pid': pid, ...noPort });
    const said = (i: number, pid: number) =>
      failed(i, { 'system.auth.ssh.method': 'keyboard-interactive/pam', 'process.pid': pid });
    expect(await run([...times(4, (i) => pam(i, 7)), ...times(4, (i) => said(i, 7))])).toEqual([]);
    expect(await run(times(5, (i) => pam(i, i >> 1)))).toHaveLength(1);
  });

  it.each([
    ['PAM lines of sshd', { 'event.action': EVENT_ACTION.pamAuthentication }],
    [
      'PAM lines of sshd-session',
      { 'event.action': EVENT_ACTION.pamAuthentication, 'process.name': 'sshd-session' },
    ],
    [
      'PAM errors about unknown users',
      { 'event.action': EVENT_ACTION.sshPamFailure, 'labels.invalid_user': true },
    ],
    ['the question for methods', { 'event.action': EVENT_ACTION.sshNoneProbe }],
    ['the end after too many tries', { 'event.action': EVENT_ACTION.sshMaxAttempts }],
    ['refusals by access list', { 'event.action': EVENT_ACTION.sshUserRefused }],
  ])('takes %s as witnesses only', async (_name, fields) => {
    expect(await run(times(20, (i) => failed(i, fields)))).toEqual([]);
    expect(await run([...times(20, (i) => failed(i, fields)), ...times(4, (i) => failed(i))])).toEqual([]);
  });

  it('counts failed logins of any other program', async () => {
    const ftp = {
      'event.action': EVENT_ACTION.pamAuthentication,
      'process.name': 'vsftpd',
      'event.category': 'authentication',
    };
    expect(await run(times(5, (i) => failed(i, ftp)))).toHaveLength(1);
  });

  it('counts a repeated line as often as it was repeated, however often that is', async () => {
    expect(await run([failed(0), failed(5, { 'labels.repeat_count': 3 })])).toEqual([]);
    for (const count of [4, 999_999, Number.MAX_SAFE_INTEGER]) {
      expect(await run([failed(0), failed(5, { 'labels.repeat_count': count })])).toHaveLength(1);
    }
  });

  it('takes ::ffff:a.b.c.d and a.b.c.d as one source, and spells IPv6 in one way', async () => {
    const spelled = (first: string, second: string) =>
      times(5, (i) => failed(i, { 'source.ip': i % 2 === 0 ? first : second }));
    expect(await run(spelled(`::ffff:${ATTACKER}`, ATTACKER))).toMatchObject([{ groupKey: ATTACKER }]);
    expect(await run(spelled('2001:db8::bad:1', '2001:DB8:0:0::BAD:1'))).toMatchObject([
      { groupKey: '2001:db8::bad:1' },
    ]);
  });
});

describe('port scan', () => {
  it('is ten distinct ports from one address in 600 s', async () => {
    const [detection, ...more] = await run(times(10, (i) => packet(i * 60, 1000 + i)));
    expect(more).toEqual([]);
    expect(detection).toMatchObject({
      detector: 'port_scan',
      severity: 'medium',
      technique: { id: 'T1046', name: 'Network Service Discovery', tactic: 'Discovery' },
      windowSeconds: 600,
    });
    expect(await run(times(9, (i) => packet(i, 1000 + i)))).toEqual([]);
    expect(await run(times(30, (i) => packet(i * 70, 1000 + i)))).toEqual([]);
  });

  it('is not one port on many hosts, nor many packets to few ports', async () => {
    expect(await run(times(40, (i) => packet(i, 445, { 'destination.ip': `10.0.0.${i}` })))).toMatchObject([
      { detector: 'horizontal_scan' },
    ]);
    expect(await run(times(300, (i) => packet(i, 20 + (i % 3))))).toEqual([]);
    expect(
      await run(times(18, (i) => packet(i, 20 + (i >> 1), { 'network.transport': i % 2 ? 'udp' : 'tcp' }))),
    ).toEqual([]);
  });
});

describe('detect', () => {
  const attack = () => times(5, (i) => failed(i));

  it('follows the tenant’s settings: off, threshold, window, severity', async () => {
    const { defaults } = bruteForce;
    const withSettings = (change: Partial<typeof defaults>) =>
      run(attack(), { brute_force: { ...defaults, ...change } });
    expect(await withSettings({ enabled: false })).toEqual([]);
    expect(await withSettings({ threshold: 6 })).toEqual([]);
    expect(await withSettings({ windowSeconds: 10, threshold: 5 })).toHaveLength(1);
    expect(
      await run(
        times(5, (i) => failed(i * 5)),
        { brute_force: { ...defaults, windowSeconds: 10 } },
      ),
    ).toEqual([]);
    expect(await withSettings({ severity: 'critical' })).toMatchObject([{ severity: 'critical', score: 90 }]);
  });

  it('leaves excepted addresses and prefixes out', async () => {
    const settings = { ...bruteForce.defaults, exceptions: ['192.0.2.1', '203.0.113.0/24'] };
    expect(await run(attack(), { brute_force: settings })).toEqual([]);
    expect(
      await run(
        times(5, (i) => failed(i, { 'source.ip': '198.51.100.1' })),
        { brute_force: settings },
      ),
    ).toHaveLength(1);
  });

  it('starts new windows when the threshold changes', async () => {
    const windows = new MemoryWindowStore();
    const detectors = (threshold: number) => ({ brute_force: { ...bruteForce.defaults, threshold } });
    const part = (from: number, n: number, threshold: number) =>
      detect(
        { tenantId: 'tenant', events: times(n, (i) => failed(from + i)) },
        detectors(threshold),
        windows,
      );
    expect(await part(0, 4, 5)).toEqual([]);
    expect(await part(10, 2, 3)).toEqual([]);
    expect(await part(20, 1, 3)).toHaveLength(1);
  });

  it('runs both detectors on the same events, each for itself', async () => {
    const both = times(10, (i) => failed(i, { 'destination.port': 1000 + i }));
    expect((await run(both)).map((detection) => detection.detector)).toEqual(['brute_force', 'port_scan']);
  });

  it('tells this batch’s events from those of earlier ones', async () => {
    const windows = new MemoryWindowStore();
    const before = times(4, (i) => failed(i));
    const now = [failed(4), failed(5), failed(4000)];
    expect(await detect({ tenantId: 'tenant', events: before }, {}, windows)).toEqual([]);
    const [detection, ...more] = await detect({ tenantId: 'tenant', events: now }, {}, windows);
    expect(more).toEqual([]);
    expect(detection?.ownEvents).toEqual(now.slice(0, 2));
    expect(detection?.memberIds).toEqual(before.map((one) => ({ id: one.id, time: one['@timestamp'] })));
    expect(await detect({ tenantId: 'tenant', events: now }, {}, windows)).toEqual([detection]);
    expect(await detect({ tenantId: 'other', events: now }, {}, windows)).toEqual([]);
  });

  it('makes one detection of each region and group', async () => {
    const events = [0, 2000].flatMap((at) => [
      ...times(7, (i) => failed(at + i)),
      ...times(5, (i) => failed(at + i, { 'source.ip': '198.51.100.1' })),
    ]);
    const found = (await run(events)).map(({ groupKey, from, ownEvents }) => [
      groupKey,
      (from - START) / 1000,
      ownEvents.length,
    ]);
    expect(found).toEqual([
      [ATTACKER, 0, 7],
      [ATTACKER, 2000, 7],
      ['198.51.100.1', 0, 5],
      ['198.51.100.1', 2000, 5],
    ]);
  });

  it('counts failed logins that all bear the same time', async () => {
    expect(await run(times(5, (i) => failed(0, { 'source.port': 40_000 + i })))).toMatchObject([
      { from: START, to: START },
    ]);
  });

  it('marks as historical what ended more than 24 h before its receipt', async () => {
    const received = (delay: number) =>
      attack().map((one) => ({ ...one, 'event.ingested': START + 4000 + delay }));
    expect(await run(received(DAY))).toMatchObject([{ historical: false }]);
    expect(await run(received(DAY + 1))).toMatchObject([{ historical: true }]);
  });

  it('scores more for more, and never above 100', async () => {
    const scores = [5, 20, 400].map((n) =>
      run(times(n, (i) => failed(i / 10))).then(([one]) => one?.score ?? 0),
    );
    const [few = 0, many = 0, flood = 0] = await Promise.all(scores);
    expect(few).toBeLessThan(many);
    expect(many).toBeLessThan(flood);
    expect(flood).toBeLessThanOrEqual(100);
  });

  it('asks the store nothing for a batch without sightings', async () => {
    const apply = jest.fn<WindowStore['apply']>();
    expect(await detect({ tenantId: 'tenant', events: [event(0, {})] }, {}, { apply })).toEqual([]);
    expect(apply).not.toHaveBeenCalled();
  });
});

it('the registry names every detector once', () => {
  expect(DETECTORS.map((detector) => detector.kind)).toEqual([...DETECTOR_KINDS]);
  expect(DETECTORS).toEqual(expect.arrayContaining([bruteForce, portScan]));
});
