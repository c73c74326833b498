import fc from 'fast-check';
import type { CorrelationType } from '../ast.js';
import { fulfils } from './evaluate.js';
import type { CorrelationSpec, CorrelationStore, Observation } from './store.js';

/** The definition, over a complete list of observations: those whose window [t − W, t] fulfils the condition. */
function naive(all: readonly Observation[], spec: CorrelationSpec): Set<string> {
  const sequence = (list: readonly Observation[], last: Observation): number =>
    1 +
    Math.max(
      0,
      ...list
        .filter((one) => one.source < last.source && (one.time < last.time || one.time === last.time))
        .map((one) => sequence(list, one)),
    );
  return new Set(
    all
      .filter((last) => {
        const inside = all.filter((one) => one.time <= last.time && one.time >= last.time - spec.windowMs);
        const count =
          spec.type === 'event_count'
            ? new Set(inside.map(({ id }) => id)).size
            : spec.type === 'value_count'
              ? new Set(inside.map(({ value }) => value)).size
              : spec.type === 'temporal'
                ? new Set(inside.map(({ source }) => source)).size
                : sequence(inside, last);
        return fulfils(count, spec.limits);
      })
      .map(({ id }) => id),
  );
}

const observationWithin = (span: number) =>
  fc.record({
    time: fc.integer({ min: -200, max: span }),
    source: fc.nat({ max: 2 }),
    value: fc.constantFrom('p', 'q', 'r', 's'),
  });
const specOf = (type: CorrelationType, number: number): CorrelationSpec => ({
  type,
  windowMs: 100,
  limits: [{ operator: 'gte', number }],
  rules: 3,
  percentile: 50,
});

export interface SuiteStore {
  /** A store; what it keeps may be shared with others that were made before. */
  make(): CorrelationStore;
  /** How many observations each key of a tenant holds. */
  sizes(tenantId: string): Promise<number[]>;
  /** Random cases of each property. */
  runs: number;
}

let tenants = 0;
/** One that no test has used. */
const aTenant = () => `t${process.pid}-${Date.now()}-${(tenants += 1)}`;

/** What every store of correlations must do. */
export function correlationStoreSuite(name: string, setUp: () => SuiteStore): void {
  describe(`correlation state, ${name}`, () => {
    let suite: SuiteStore;
    beforeAll(() => {
      suite = setUp();
    });

    test.each<[CorrelationType, number]>([
      ['event_count', 3],
      ['value_count', 3],
      ['temporal', 3],
      ['temporal', 2],
      ['temporal_ordered', 3],
      ['temporal_ordered', 2],
    ])('%s ≥ %i: any arrival, any batches, any replay say what the definition says', async (type, number) => {
      const spec = specOf(type, number);
      await fc.assert(
        fc.asyncProperty(
          // Crowded and sparse, for the rules that let go of observations work where it is crowded.
          fc
            .constantFrom([-100, 40], [400, 40], [700, 20], [1000, 30], [1500, 14])
            .chain(([span, maxLength]) => fc.array(observationWithin(span ?? 0), { maxLength }))
            .chain((list) => {
              const all = list.map((one, index): Observation => ({ ...one, id: `e${index}`, carry: '' }));
              return fc.tuple(
                fc.constant(all),
                fc.shuffledSubarray(all, { minLength: all.length }),
                fc.array(fc.nat({ max: 40 })),
              );
            }),
          async ([all, shuffled, cuts]) => {
            const times = new Map(all.map(({ id, time }) => [id, time]));
            const wanted = naive(all, spec);
            const store = suite.make();
            const tenant = aTenant();
            const said = new Set<string>();
            const feed = async (observations: readonly Observation[]) => {
              const [result] = await store.apply(tenant, [{ rule: 'r', group: 'g', spec, observations }]);
              for (const { id } of result?.completions ?? []) said.add(id);
            };
            let from = 0;
            for (const to of [...cuts, shuffled.length].sort((a, b) => a - b)) {
              await feed(shuffled.slice(from, to));
              from = Math.max(from, to);
            }
            await feed(shuffled.slice(0, 4));
            // Never one that does not hold …
            for (const id of said) expect([id, wanted.has(id)]).toEqual([id, true]);
            // … and none goes unsaid, but for one that adds nothing to what is said of another within a timespan before it.
            const saidTimes = [...said].map((id) => times.get(id) ?? 0);
            const lossless = type === 'event_count' || type === 'temporal_ordered';
            for (const id of wanted) {
              const time = times.get(id) ?? 0;
              const spoken = saidTimes.some((other) => other <= time && other >= time - spec.windowMs);
              expect([id, lossless ? said.has(id) : spoken]).toEqual([id, true]);
            }
          },
        ),
        { numRuns: suite.runs },
      );
    });

    test.each(['event_count', 'value_count'] as const)(
      '%s: a late event finds its neighbours, however many came',
      async (type) => {
        const store = suite.make();
        const tenant = aTenant();
        const spec = specOf(type, 3);
        const feed = async (times: readonly number[]) => {
          const observations = times.map((time): Observation => ({
            id: `e${time}`,
            time,
            source: 0,
            value: `v${time}`,
            carry: '',
          }));
          const [result] = await store.apply(tenant, [{ rule: 'r', group: 'g', spec, observations }]);
          return result?.completions.map(({ id }) => id);
        };
        // Two in any 100 ms, but for a crowd at the end.
        const regular = Array.from({ length: 30 }, (_, index) => index * 60);
        expect(await feed(regular)).toEqual([]);
        await feed(Array.from({ length: 200 }, (_, index) => 1740 + index / 10));
        expect(await feed([190])).toEqual(['e190', 'e240']);
        expect(await feed([1000])).toEqual(['e1000', 'e1020', 'e1080']);
      },
    );

    test('memory is bounded by the threshold, not by the attacker', async () => {
      for (const type of ['event_count', 'value_count', 'temporal'] as const) {
        const store = suite.make();
        const tenant = aTenant();
        const spec = specOf(type, type === 'temporal' ? 3 : 10);
        for (let batch = 0; batch < 40; batch++) {
          const observations = Array.from({ length: 500 }, (_, index): Observation => {
            const n = batch * 500 + index;
            return { id: `e${n}`, time: Math.floor(n / 100), source: n % 2, value: `v${n}`, carry: '' };
          });
          await store.apply(tenant, [{ rule: 'r', group: 'g', spec, observations }]);
        }
        for (const size of await suite.sizes(tenant)) expect(size).toBeLessThan(300);
      }
    });

    test('what must be let go is counted', async () => {
      const store = suite.make();
      const tenant = aTenant();
      const observations = Array.from({ length: 6000 }, (_, n): Observation => ({
        id: `e${n}`,
        time: n % 50,
        source: 0,
        value: '1',
        carry: '',
      }));
      const [result] = await store.apply(tenant, [
        { rule: 'r', group: 'g', spec: specOf('value_sum', 10), observations },
      ]);
      expect(result?.forgotten).toBeGreaterThan(0);
      expect(Math.max(...(await suite.sizes(tenant)))).toBeLessThanOrEqual(5000);
    });

    test('tenants and groups never meet', async () => {
      const store = suite.make();
      const tenant = aTenant();
      const spec = specOf('event_count', 2);
      const op = (group: string, id: string) => ({
        rule: 'r',
        group,
        spec,
        observations: [{ id, time: 1, source: 0, value: '', carry: '' }],
      });
      const results = [
        ...(await store.apply(`a-${tenant}`, [op('g', '1'), op('h', '2')])),
        ...(await store.apply(`b-${tenant}`, [op('g', '3')])),
        ...(await store.apply(`a-${tenant}`, [op('g', '4')])),
      ];
      expect(results.map(({ completions }) => completions.map(({ id }) => id))).toEqual([
        [],
        [],
        [],
        ['1', '4'],
      ]);
    });
  });
}
