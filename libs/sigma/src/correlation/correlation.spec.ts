import { rulesOf } from '../testing/rules.js';
import { RuleSet } from '../match/rule-set.js';
import { CorrelationEngine } from './engine.js';
import type { CorrelationMatch, Sighting } from './engine.js';
import { episodes } from './episodes.js';
import { MemoryCorrelationStore } from './memory-store.js';
import { correlationStoreSuite } from './correlation-store.suite.js';

const base = (name: string) =>
  `---\ntitle: ${name}\nname: ${name}\nlogsource: {category: test}\ndetection:\n  sel: {kind: ${name}}\n  condition: sel\n`;
const correlation = (name: string, body: string) =>
  `---\ntitle: ${name}\nname: ${name}\ncorrelation:\n${body.replace(/^/gm, '  ')}\n`;

interface TestEvent extends Record<string, unknown> {
  t: number;
}

/** Matches of events given in batches. */
async function run(
  text: string,
  batches: readonly (readonly TestEvent[])[],
  ids = (event: TestEvent) => JSON.stringify(event),
) {
  const rules = rulesOf(text);
  const set = new RuleSet(rules);
  const store = new MemoryCorrelationStore();
  const engine = new CorrelationEngine(rules, store);
  const matches: CorrelationMatch[] = [];
  let forgotten = 0;
  for (const batch of batches) {
    const sightings = batch.flatMap((event): Sighting[] =>
      set.match(event).map((rule) => ({ rule, event, id: ids(event), time: event.t * 1000 })),
    );
    const answer = await engine.apply('tenant', sightings);
    matches.push(...answer.matches);
    forgotten += answer.forgotten;
  }
  return { matches, store, forgotten };
}

const found = async (text: string, events: readonly TestEvent[]) =>
  episodes((await run(text, [events])).matches).map(({ rule, group, time }) => [
    rule.name,
    group,
    time / 1000,
  ]);

describe('correlation types', () => {
  const numbers = (type: string, condition: string) =>
    correlation('c', `type: ${type}\nrules: [a]\ngroup-by: [u]\ntimespan: 10s\ncondition: ${condition}`) +
    base('a');
  const at = (t: number, v?: unknown) => ({ t, kind: 'a', u: 'x', v });
  test.each([
    ['value_sum', '{field: v, gte: 10}', [at(0, 4), at(1, '5'), at(2, 'x'), at(3, 1)], 3],
    ['value_sum', '{field: v, gte: 10}', [at(0, 9), at(11, 9)], undefined],
    ['value_avg', '{field: v, gt: 5}', [at(0, 1), at(1, 8), at(2, 9)], 2],
    ['value_min', '{field: v, lte: 1}', [at(0, 5), at(1, 1)], 1],
    ['value_max', '{field: v, gte: 9}', [at(0, 5), at(1, 10)], 1],
    ['value_median', '{field: v, gte: 6}', [at(0, 1), at(1, 9), at(2, 6)], 2],
    [
      'value_percentile',
      '{field: v, percentile: 75, gte: 8}',
      [at(0, 0), at(1, 4), at(2, 8), at(3, 8), at(4, 8)],
      3,
    ],
    ['value_count', '{field: v, eq: 2}', [at(0, 'p'), at(1, 'p'), at(2, 'q')], 2],
    [
      'value_count',
      '{field: [v, w], gte: 2}',
      [
        { ...at(0, 'p'), w: 1 },
        { ...at(1, 'p'), w: 2 },
      ],
      1,
    ],
    ['value_count', '{field: v, gte: 3}', [at(0, ['p', 'q']), at(1, 'r')], 1],
    ['event_count', '{gt: 1, lte: 3}', [at(0), at(1)], 1],
    ['event_count', '{gte: 2}', [at(0), { t: 1, kind: 'a' }], undefined],
  ])('%s %s', async (type, condition, events, wanted) => {
    const times = (await found(numbers(type, condition), events)).map(([, , time]) => time);
    expect(times[0]).toBe(wanted);
  });

  test('the timespan includes both its ends', async () => {
    const text = numbers('event_count', '{gte: 2}');
    expect(await found(text, [at(0), at(10)])).toHaveLength(1);
    expect(await found(text, [at(0), at(10.001)])).toHaveLength(0);
  });
  test('without group-by all events are one group', async () => {
    const text = numbers('event_count', '{gte: 2}').replace('  group-by: [u]\n', '');
    expect(
      await found(text, [
        { t: 0, kind: 'a', u: 1 },
        { t: 1, kind: 'a' },
      ]),
    ).toEqual([['c', {}, 1]]);
  });
  test('an event that two rules found counts once', async () => {
    const text = numbers('event_count', '{gte: 2}').replace('[a]', '[a, b]') + base('b');
    expect(await found(text, [{ t: 0, kind: ['a', 'b'], u: 'x' }])).toEqual([]);
  });
  test('an episode ends when the condition has not held for a timespan', async () => {
    const times = [0, 1, 9, 18, 40, 41];
    expect(
      (
        await found(
          numbers('event_count', '{gte: 2}'),
          times.map((t) => at(t)),
        )
      ).map(([, , t]) => t),
    ).toEqual([1, 41]);
  });
  test('ordered: any rules in their order, as many as the condition asks for', async () => {
    const text = (condition: string) =>
      correlation(
        'c',
        `type: temporal_ordered\nrules: [a, b, d]\ngroup-by: [u]\ntimespan: 10s\n${condition}`,
      ) + ['a', 'b', 'd'].map(base).join('');
    const events = (kinds: string) => [...kinds].map((kind, t) => ({ t, kind, u: 'x' }));
    const fires = async (condition: string, kinds: string) =>
      (await found(text(condition), events(kinds))).length > 0;
    expect(await fires('', 'aabbd')).toBe(true);
    expect(await fires('', 'dbadb')).toBe(false);
    expect(await fires('condition: {gte: 2}', 'dba')).toBe(false);
    expect(await fires('condition: {gte: 2}', 'dad')).toBe(true);
    const sameSecond = ['d', 'b', 'a'].map((kind) => ({ t: 5, kind, u: 'x' }));
    expect(await found(text(''), sameSecond)).toHaveLength(1);
  });
});

describe('aliases, chains, generate', () => {
  test('an alias joins different fields', async () => {
    const text =
      correlation(
        'c',
        'type: temporal\nrules: [a, b]\ngroup-by: [ip]\ntimespan: 10s\naliases:\n  ip: {a: source.ip, b: destination.ip}',
      ) +
      base('a') +
      base('b');
    const events = [
      { t: 0, kind: 'a', source: { ip: '1.1.1.1' } },
      { t: 1, kind: 'b', 'destination.ip': '1.1.1.1' },
      { t: 2, kind: 'b', 'destination.ip': '2.2.2.2' },
    ].map((event) => ({ ...event, 'source.ip': event.source?.ip }));
    expect(await found(text, events)).toEqual([['c', { ip: '1.1.1.1' }, 1]]);
  });

  const chain =
    correlation('outer', 'type: temporal_ordered\nrules: [many, success]\ngroup-by: [u]\ntimespan: 60s') +
    correlation(
      'many',
      'type: event_count\nrules: [failed]\ngroup-by: [u, host]\ntimespan: 10s\ncondition: {gte: 3}',
    ) +
    base('failed') +
    base('success');
  const failed = (t: number, u = 'x') => ({ t, kind: 'failed', u, host: 'h' });
  const success = (t: number, u = 'x') => ({ t, kind: 'success', u, host: 'other' });

  test('a correlation on a correlation groups by its own fields', async () => {
    expect(await found(chain, [failed(0), failed(1), failed(2), success(50)])).toEqual([
      ['outer', { u: 'x' }, 50],
    ]);
    expect(await found(chain, [failed(0), failed(1), success(50)])).toEqual([]);
    expect(await found(chain, [failed(0), failed(1), failed(2), success(50, 'y')])).toEqual([]);
    expect(await found(chain, [failed(0), failed(1), failed(2), success(63)])).toEqual([]);
  });
  test('failures that go on keep the first half of the chain alive', async () => {
    const events = Array.from({ length: 100 }, (_, t) => failed(t));
    expect(await found(chain, [...events, success(150)])).toHaveLength(1);
  });
  test('the last failure may arrive after the success', async () => {
    const batches = [[failed(0), success(50)], [failed(2)], [failed(1)]];
    expect(episodes((await run(chain, batches)).matches).map(({ time }) => time)).toEqual([50_000]);
  });
  test('generate lets the referenced rules report too', async () => {
    const rules = rulesOf(chain);
    const silent = new CorrelationEngine(rules, new MemoryCorrelationStore()).silent;
    expect(
      rules.filter((rule) => rule.kind !== 'filter' && !silent.has(rule)).map(({ name }) => name),
    ).toEqual(['outer']);
    const loud = rulesOf(chain.replace('timespan: 60s', 'timespan: 60s\n  generate: true'));
    const left = new CorrelationEngine(loud, new MemoryCorrelationStore()).silent;
    expect([...left].map(({ name }) => name)).toEqual(['failed']);
    expect(
      await found(chain.replace('timespan: 60s', 'timespan: 60s\n  generate: true'), [
        failed(0),
        failed(1),
        failed(2),
      ]),
    ).toEqual([['many', { u: 'x', host: 'h' }, 2]]);
  });
});

correlationStoreSuite('memory', () => {
  const stores: MemoryCorrelationStore[] = [];
  return {
    make: () => {
      const store = new MemoryCorrelationStore();
      stores.push(store);
      return store;
    },
    sizes: (tenantId) => Promise.resolve(stores.flatMap((store) => store.sizes(tenantId))),
    runs: 400,
  };
});
