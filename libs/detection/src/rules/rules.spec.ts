import type { NormalizedEvent } from '@parapet/contracts';
import { MemoryCorrelationStore } from '@parapet/sigma';
import { techniquesOf } from './attack.js';
import { canHold, NO_CHOICE, withChoice } from './choices.js';
import type { RuleChoice } from './choices.js';
import { detectRules } from './detect-rules.js';
import { GuardedSet } from './guarded-set.js';
import { ManagedRules } from './managed-rules.js';
import { loadOwnRules } from './own-rules.js';
import { loadWithReferences } from './references.js';
import { splitDocuments } from './split-documents.js';
import { managedDefaults, tenantRules } from './tenant-rules.js';

const FAILED = '11111111-1111-4111-8111-111111111111';
const ROOT = '22222222-2222-4222-8222-222222222222';
const MANY = '33333333-3333-4333-8333-333333333333';
const QUIET = '44444444-4444-4444-8444-444444444444';

const PACK = `title: Failed login
id: ${FAILED}
name: failed_login
level: medium
logsource: {product: linux, service: sshd}
detection: {s: {event.outcome: failure}, condition: s}
---
title: Root login
id: ${ROOT}
level: high
status: stable
tags: [attack.initial-access, attack.t1078.003]
logsource: {product: linux, service: sshd}
detection: {s: {event.outcome: success, user.name: root}, condition: s}
---
title: Many failed logins
id: ${MANY}
name: many_failed
level: high
tags: [attack.credential-access, attack.t1110]
correlation: {type: event_count, rules: [failed_login], group-by: [source.ip], timespan: 5m, condition: {gte: 3}}
---
title: Any login
id: ${QUIET}
level: low
logsource: {product: linux, service: sshd}
detection: {s: {event.outcome: success}, condition: s}
`;

const pack = () => new ManagedRules([{ path: 'pack.yml', text: PACK }]);
const NOW = Date.UTC(2026, 2, 3, 4, 5);
let made = 0;
const event = (seconds: number, given: Record<string, string> = {}): NormalizedEvent => ({
  id: `e${(made += 1)}`,
  tenantId: 't',
  '@timestamp': NOW + seconds * 1000,
  'event.ingested': NOW + seconds * 1000,
  'event.original': 'x',
  message: 'x',
  'event.module': 'system',
  'process.name': 'sshd',
  'event.outcome': 'failure',
  'source.ip': '192.0.2.7',
  ...given,
});
const choice = (given: Partial<RuleChoice>): RuleChoice => ({ ...NO_CHOICE, ...given });
const section = (events: NormalizedEvent[]) => ({ tenantId: 't', events });
const pause = () => Promise.resolve();
const own = (...yaml: string[]) => {
  const texts = yaml.map((text, n) => ({ id: `own${n}`, sigmaId: `own-sigma-${n}`, version: 1, yaml: text }));
  return loadOwnRules(texts, pack(), new Map(), pause);
};

describe('the managed pack', () => {
  test('keeps each document with its text', () => {
    const { rules, refused } = pack();
    expect(refused).toEqual([]);
    expect(rules.map(({ id }) => id)).toEqual([FAILED, ROOT, MANY, QUIET]);
    expect(rules[1]?.text).toMatch(/^title: Root login\n[\s\S]*condition: s\}\n$/);
    expect(rules[1]?.text).not.toContain('---');
  });
  test('refuses a rule without a UUID, and goes on with the others', () => {
    const { rules, refused } = new ManagedRules([
      { path: 'a.yml', text: PACK.replace(ROOT, 'root') },
      { path: 'b.yml', text: 'title: x' },
    ]);
    expect(rules).toHaveLength(3);
    expect(refused.map(({ path }) => path)).toEqual(['a.yml', 'b.yml']);
  });
});

describe('detections of rules', () => {
  test('a single event: what the rule says, by the entity that the event has', async () => {
    const rules = managedDefaults(pack());
    const events = [
      event(0, { 'event.outcome': 'success', 'user.name': 'root' }),
      event(10, { 'event.outcome': 'success', 'user.name': 'root' }),
      event(5000, { 'event.outcome': 'success', 'user.name': 'root', 'source.ip': '' }),
    ];
    const { detections, counts } = await detectRules(section(events), rules, new MemoryCorrelationStore());
    expect(detections).toMatchObject([
      {
        detector: `rule:${ROOT}`,
        title: 'Root login',
        severity: 'high',
        score: 72,
        group: { 'source.ip': '192.0.2.7' },
        groupKey: 'source.ip=192.0.2.7',
        technique: { id: 'T1078.003', name: 'Valid Accounts', tactic: 'Initial Access' },
        windowSeconds: 3600,
        ownEvents: events.slice(0, 2),
      },
      { group: { 'user.name': 'root' }, ownEvents: events.slice(2) },
    ]);
    // The low rule is counted and makes no alert.
    expect(counts).toEqual([
      { tenantId: 't', ruleId: ROOT, matches: 3, last: NOW + 5_000_000 },
      { tenantId: 't', ruleId: QUIET, matches: 3, last: NOW + 5_000_000 },
    ]);
  });

  test('a correlation: its group, its timespan, the events of the batch; its rules make no alerts of their own', async () => {
    const rules = managedDefaults(pack());
    const store = new MemoryCorrelationStore();
    const first = await detectRules(section([event(0), event(10)]), rules, store);
    expect(first.detections).toEqual([]);
    expect(first.counts).toMatchObject([{ ruleId: FAILED, matches: 2 }]);
    const last = [event(20), event(30, { 'source.ip': '192.0.2.8' })];
    const second = await detectRules(section(last), rules, store);
    expect(second.detections).toMatchObject([
      {
        detector: `rule:${MANY}`,
        group: { 'source.ip': '192.0.2.7' },
        windowSeconds: 300,
        to: NOW + 20_000,
        ownEvents: [last[0]],
        technique: { id: 'T1110', name: 'Brute Force', tactic: 'Credential Access' },
      },
    ]);
    expect(second.counts).toContainEqual({ tenantId: 't', ruleId: MANY, matches: 1, last: NOW + 20_000 });
  });

  test('what a tenant chose: off, level, threshold, timespan', async () => {
    const managed = pack();
    const run = async (choices: [string, RuleChoice][], events: NormalizedEvent[]) => {
      const rules = tenantRules(managed, [], new Map(choices));
      const { detections } = await detectRules(section(events), rules, new MemoryCorrelationStore());
      return detections.map(({ detector, severity }) => `${detector.slice(5, 9)} ${severity}`);
    };
    const root = () => event(0, { 'event.outcome': 'success', 'user.name': 'root' });
    const failed = (...times: number[]) => times.map((time) => event(time));
    expect(await run([[ROOT, choice({ enabled: false })]], [root()])).toEqual([]);
    expect(await run([[ROOT, choice({ level: 'critical' })]], [root()])).toEqual(['2222 critical']);
    expect(await run([[ROOT, choice({ level: 'low' })]], [root()])).toEqual([]);
    expect(await run([[QUIET, choice({ level: 'medium' })]], [root()])).toEqual(['2222 high', '4444 medium']);
    expect(await run([], failed(0, 1, 2))).toEqual(['3333 high']);
    expect(await run([[MANY, choice({ threshold: 4 })]], failed(0, 1, 2))).toEqual([]);
    expect(await run([[MANY, choice({ threshold: 2 })]], failed(0, 1))).toEqual(['3333 high']);
    expect(await run([[MANY, choice({ timespanSeconds: 1 })]], failed(0, 1, 2))).toEqual([]);
    expect(await run([[MANY, choice({ enabled: false })]], failed(0, 1, 2))).toEqual([]);
    expect(await run([[FAILED, choice({ enabled: false })]], failed(0, 1, 2))).toEqual([]);
  });

  test('a rule that is to be asked for is off until then', async () => {
    const managed = new ManagedRules([
      { path: 'a.yml', text: PACK.replace('attack.initial-access', 'parapet.opt-in') },
    ]);
    const root = event(0, { 'event.outcome': 'success', 'user.name': 'root' });
    const run = async (choices: Map<string, RuleChoice>) =>
      (await detectRules(section([root]), tenantRules(managed, [], choices), new MemoryCorrelationStore()))
        .detections.length;
    expect(await run(new Map())).toBe(0);
    expect(await run(new Map([[ROOT, NO_CHOICE]]))).toBe(1);
  });

  test('a flood of made-up addresses shares an alert', async () => {
    const events = Array.from({ length: 400 }, (_, n) =>
      event(n, {
        'event.outcome': 'success',
        'user.name': 'root',
        'source.ip': `2001:db8::${n.toString(16)}`,
      }),
    );
    const { detections } = await detectRules(
      section(events),
      managedDefaults(pack()),
      new MemoryCorrelationStore(),
    );
    expect(detections).toHaveLength(201);
    expect(detections.at(-1)).toMatchObject({ groupKey: '*', group: {} });
    expect(detections.reduce((sum, { ownEvents }) => sum + ownEvents.length, 0)).toBe(400);
  });

  test('old events are history', async () => {
    const old = event(0, { 'event.outcome': 'success', 'user.name': 'root' });
    old['event.ingested'] = NOW + 25 * 3_600_000;
    const { detections } = await detectRules(
      section([old]),
      managedDefaults(pack()),
      new MemoryCorrelationStore(),
    );
    expect(detections).toMatchObject([{ historical: true }]);
  });
});

describe('a tenant’s own rules', () => {
  test('run beside the managed ones, and may refer to them without silencing them', async () => {
    const rules = tenantRules(
      pack(),
      await own(
        'title: Mine\nid: 55555555-5555-4555-8555-555555555555\nlogsource: {service: sshd}\ndetection: {s: {user.name: eve}, condition: s}\n',
        `title: Root after many\ncorrelation: {type: temporal_ordered, rules: [many_failed, ${ROOT}], group-by: [source.ip], timespan: 10m}\n`,
      ),
      new Map(),
    );
    const events = [
      ...[0, 1, 2].map((time) => event(time)),
      event(20, { 'event.outcome': 'success', 'user.name': 'root' }),
      event(30, { 'user.name': 'eve', 'source.ip': '192.0.2.9' }),
    ];
    const { detections } = await detectRules(section(events), rules, new MemoryCorrelationStore());
    expect(detections.map(({ detector }) => detector).sort()).toEqual(
      ['rule:own-sigma-0', 'rule:own-sigma-1', `rule:${ROOT}`, `rule:${MANY}`].sort(),
    );
    // Those that made the first half are shown too.
    const chained = detections.find(({ detector }) => detector === 'rule:own-sigma-1');
    expect(chained?.ownEvents.map(({ id }) => id)).toEqual(events.slice(0, 4).map(({ id }) => id));
  });

  test('one that is broken, or refers to nothing, is told and hides no other', async () => {
    const loaded = await own(
      'title: Broken\nlogsource: {service: sshd}\ndetection: {condition: s}\n',
      'title: Lost\ncorrelation: {type: event_count, rules: [nobody], timespan: 1m, condition: {gte: 2}}\n',
      'title: Mine\nlogsource: {service: sshd}\ndetection: {s: {user.name: eve}, condition: s}\n',
      'title: Two\nlogsource: {service: sshd}\ndetection: {s: {a: b}, condition: s}\n---\ntitle: x\n',
    );
    const problems = new Map(loaded.map(({ text, problems: list }) => [text.id, list[0]?.message]));
    expect(problems.get('own0')).toMatch(/s/);
    expect(problems.get('own1')).toBe('there is no rule with the id or name “nobody”');
    expect(problems.get('own2')).toBeUndefined();
    expect(problems.get('own3')).toBe('a stored rule is one YAML document');
    const rules = tenantRules(pack(), loaded, new Map());
    const { detections } = await detectRules(
      section([event(0, { 'user.name': 'eve' })]),
      rules,
      new MemoryCorrelationStore(),
    );
    expect(detections).toMatchObject([{ detector: 'rule:own-sigma-2', severity: 'medium' }]);
  });

  test('what did not change is not read again', async () => {
    const yaml = 'title: Mine\nlogsource: {service: sshd}\ndetection: {s: {user.name: eve}, condition: s}\n';
    const [before] = await own(yaml);
    if (before === undefined) throw new Error('no rule');
    const cache = new Map([[before.text.id, before]]);
    expect((await loadOwnRules([before.text], pack(), cache, pause))[0]).toBe(before);
    const changed = { ...before.text, version: 2, yaml: yaml.replace('eve', 'bob') };
    expect((await loadOwnRules([changed], pack(), cache, pause))[0]).not.toBe(before);
  });

  test('a filter suppresses managed rules for its tenant alone', async () => {
    const managed = pack();
    const filter = `title: Jump host\nlogsource: {product: linux, service: sshd}\nfilter: {rules: [${ROOT}], s: {source.ip: 192.0.2.7}, condition: s}\n`;
    const filtered = tenantRules(managed, await own(filter), new Map());
    const root = (ip: string) =>
      event(0, { 'event.outcome': 'success', 'user.name': 'root', 'source.ip': ip });
    const events = [root('192.0.2.7'), root('192.0.2.8')];
    const groups = async (rules: typeof filtered) =>
      (await detectRules(section(events), rules, new MemoryCorrelationStore())).detections.map(
        ({ group }) => group['source.ip'],
      );
    expect(await groups(filtered)).toEqual(['192.0.2.8']);
    expect(await groups(managedDefaults(managed))).toEqual(['192.0.2.7', '192.0.2.8']);
  });
});

describe('a set that outlives its worst rules', () => {
  const rule = (n: number) =>
    `title: r${n}\nid: r${n}\nlogsource: {service: sshd}\ndetection: {s: {user.name: eve}, condition: s}\n`;
  const rulesOf = (count: number) =>
    loadWithReferences(
      Array.from({ length: count }, (_, n) => ({ path: `${n}`, text: rule(n) })),
      [],
    ).flatMap((one) => one.rule ?? []);

  test('takes out what throws, and goes on with the others', () => {
    const [first, second] = rulesOf(2);
    if (first?.kind !== 'detection' || second === undefined) throw new Error('no rules');
    const set = new GuardedSet([first, second]);
    const evil = event(0, { 'user.name': 'eve' });
    expect(set.match(evil)).toHaveLength(2);
    // An event whose field can't be read for the first rule's turn only would be a fault of the engine; a getter plays one.
    let reads = 0;
    const trap = Object.defineProperty({ ...evil }, 'user.name', {
      enumerable: true,
      get: () => {
        reads += 1;
        if (reads <= 2) throw new Error('boom');
        return 'eve';
      },
    });
    expect(set.match(trap).map(({ title }) => title)).toEqual(['r1']);
    expect(set.takeFaults()).toMatchObject([{ rule: { title: 'r0' }, reason: 'it failed: boom' }]);
    expect(set.takeFaults()).toEqual([]);
  });

  test('takes out what holds the process', () => {
    let now = 0;
    const slow = { ...event(0), 'user.name': 'eve' };
    // Each look at the clock costs 60 ms while the event is looked at.
    const set = new GuardedSet(rulesOf(2), () => (now += 60));
    set.match(slow);
    const [fault] = set.takeFaults();
    expect(fault?.reason).toBe('it is too slow: one event took 60 ms');
    expect(set.rules).toHaveLength(1);
  });
});

describe('small parts', () => {
  test('techniques come from tags', () => {
    expect(techniquesOf(['attack.credential_access', 'attack.t1110.003', 'cve.2021-1'])).toEqual([
      { id: 'T1110.003', name: 'Brute Force', tactic: 'Credential Access' },
    ]);
    expect(techniquesOf(['attack.t9999', 'attack.constructor'])).toEqual([
      { id: 'T9999', name: 'T9999', tactic: '' },
    ]);
    expect(techniquesOf(['attack.impact'])).toEqual([]);
  });
  test.each([
    ['a: 1\n', [['a: 1\n', 0]]],
    [
      '# c\n---\na: 1\n---\n\nb: 2',
      [
        ['a: 1\n', 2],
        ['\nb: 2\n', 4],
      ],
    ],
    [
      'a: 1\r\n--- # x\r\nb: 2\n',
      [
        ['a: 1\n', 0],
        ['    # x\nb: 2\n', 1],
      ],
    ],
    ['---\n---\n# nothing\n', []],
    ['t: |\n  --- text\n', [['t: |\n  --- text\n', 0]]],
  ])('documents of %j', (text, wanted) => {
    expect(splitDocuments(text).map((one) => [one.text, one.linesBefore])).toEqual(wanted);
  });
  test('a threshold that no number fulfils is seen', () => {
    const [rule] = loadWithReferences(
      [{ path: 'a', text: PACK.replace('{gte: 3}', '{lte: 10, gte: 3}') }],
      [],
    ).flatMap((one) => (one.rule?.kind === 'correlation' ? [one.rule] : []));
    if (rule === undefined) throw new Error('no rule');
    expect(canHold(withChoice(rule, choice({ threshold: 10 })))).toBe(true);
    expect(canHold(withChoice(rule, choice({ threshold: 11 })))).toBe(false);
  });
});
