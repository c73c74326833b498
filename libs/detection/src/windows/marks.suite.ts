import fc from 'fast-check';
import { naiveMarks } from './naive-regions.js';
import { MARK_KEY } from './window.js';
import type { Observation, WindowResult, WindowSpec } from './window.js';
import type { StoreUnderTest } from './window-store.suite.js';

const NONE: WindowResult = { regions: [], marked: [], trail: [] };
let tenants = 0;
const newTenant = () => `marks-${process.pid}-${Date.now()}-${(tenants += 1)}`;

/** Events in an order of arrival, with repeats, cut into batches. */
const arrivals = (events: fc.Arbitrary<Observation[]>) =>
  events.chain((all) =>
    fc.record({
      all: fc.constant(all),
      order: fc.shuffledSubarray([...all.keys()], { minLength: all.length }),
      repeats: fc.array(fc.nat(Math.max(all.length - 1, 0)), { maxLength: all.length === 0 ? 0 : 10 }),
      cuts: fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 10 }),
    }),
  );

interface Arrival {
  all: Observation[];
  order: number[];
  repeats: number[];
  cuts: number[];
}

function batchesOf({ all, order, repeats, cuts }: Arrival): Observation[][] {
  const stream = [...order, ...repeats].flatMap((n) => all[n] ?? []);
  const batches: Observation[][] = [];
  for (let at = 0, cut = 0; at < stream.length; cut += 1) {
    const batch = stream.slice(at, at + (cuts[cut % cuts.length] ?? 1));
    at += batch.length;
    batches.push(batch);
  }
  return batches;
}

/** Marks and trails, for every implementation of the window store. */
export function marksSuite(name: string, open: () => StoreUnderTest): void {
  const add = async (tenantId: string, spec: WindowSpec, observations: Observation[]) => {
    const [result] = await open().store.apply(tenantId, [{ detector: 'd', group: 'g', spec, observations }]);
    return result ?? NONE;
  };

  describe.each(['sum', 'distinct'] as const)(`marks in ${name}, in mode %s`, (mode) => {
    const spec: WindowSpec = { windowMs: 10, threshold: 3, mode };
    const counted = (id: string, time: number): Observation => ({
      id,
      time,
      key: id,
      cls: 'attempt',
      weight: 1,
    });
    const mark = (id: string, time: number): Observation => ({ id, time, key: MARK_KEY, cls: '', weight: 0 });
    const three = [counted('a', 1000), counted('b', 1001), counted('c', 1002)];

    it('are hit after the threshold was reached, whichever came first', async () => {
      const late = newTenant();
      expect((await add(late, spec, [mark('m', 1003)])).marked).toEqual([]);
      expect((await add(late, spec, three.slice(0, 2))).marked).toEqual([]);
      const [region] = (await add(late, spec, three.slice(2))).marked;
      expect(region).toMatchObject({ from: 1003, to: 1003 });
      expect([...(region?.own ?? []), ...(region?.others ?? [])].map(({ id }) => id).sort()).toEqual([
        'a',
        'b',
        'c',
        'm',
      ]);
      const soon = newTenant();
      expect((await add(soon, spec, three)).regions).toHaveLength(1);
      const answer = await add(soon, spec, [mark('m', 1003)]);
      expect(answer).toMatchObject({ regions: [], marked: [{ from: 1003, to: 1003 }] });
      expect(await add(soon, spec, [mark('m', 1003)])).toEqual(answer);
    });

    it('are not hit before it, nor later than two windows after its first', async () => {
      for (const [at, expected] of [
        [1001, 0],
        [1002, 1],
        [1020, 1],
        [1021, 0],
      ] as const) {
        expect((await add(newTenant(), spec, [...three, mark('m', at)])).marked).toHaveLength(expected);
      }
    });

    it('count for nothing themselves, and a flood of them is not kept', async () => {
      const tenant = newTenant();
      for (let from = 0; from < 5000; from += 500) {
        const batch = Array.from({ length: 500 }, (_, n) => mark(`m${from + n}`, (from + n) % 100));
        expect(await add(tenant, spec, batch)).toEqual(NONE);
      }
      for (const size of await open().sizes(tenant)) expect(size).toBeLessThanOrEqual(14);
    });

    it('the order, the batches and repeats change nothing: the answer is the definition’s', async () => {
      const event = fc.record({
        time: fc.integer({ min: -20, max: 150 }),
        key: fc.constantFrom('a', 'b', 'c', 'd'),
        weight: fc.constantFrom(0, 0, 1, 1, 2),
      });
      const events = fc.array(event, { maxLength: 50 }).map((list) =>
        list.map((one, n): Observation => ({
          ...one,
          id: `e${n}`,
          cls: one.weight === 0 ? '' : 'attempt',
          key: one.weight === 0 ? MARK_KEY : one.key,
        })),
      );
      await fc.assert(
        fc.asyncProperty(arrivals(events), async (arrival) => {
          const tenant = newTenant();
          const arrived: Observation[] = [];
          const said = new Set<number>();
          for (const batch of batchesOf(arrival)) {
            arrived.push(...batch);
            const { marked } = await add(tenant, spec, batch);
            const hit = naiveMarks(arrived, spec);
            const own = marked.flatMap((region) => region.own.filter(({ weight }) => weight === 0));
            // Now: exactly those of the batch's marks that are hit by then, and no other mark that isn't.
            expect(own.map(({ id }) => id).sort()).toEqual(
              [...new Set(batch.map(({ id }) => id))].filter((id) => hit.has(id)).sort(),
            );
            for (const { from, to } of marked) {
              for (const time of [from, to]) expect([...hit.values()]).toContain(time);
              said.add(from).add(to);
            }
          }
          // In the end: whatever came last, each mark that is hit was told of, itself or one that is one alert with it.
          for (const time of naiveMarks(arrival.all, spec).values())
            expect([...said].some((at) => Math.abs(at - time) <= spec.windowMs)).toBe(true);
        }),
        { numRuns: open().runs },
      );
    });
  });

  describe(`trails in ${name}`, () => {
    const spec: WindowSpec = { windowMs: 1000, threshold: 1, mode: 'trail', slotMs: 100 };
    const at = (id: string, time: number, key = 'x'): Observation => ({ id, time, key, cls: '', weight: 0 });

    it('remember where and when, in any order, once', async () => {
      const tenant = newTenant();
      await add(tenant, spec, [at('b', 1500, 'y')]);
      await add(tenant, spec, [at('a', 1000), at('a', 1000)]);
      const points = [
        { id: 'a', time: 1000, key: 'x' },
        { id: 'b', time: 1500, key: 'y' },
        { id: 'c', time: 1800, key: 'x' },
      ];
      expect(await add(tenant, spec, [at('c', 1800)])).toEqual({ ...NONE, trail: points });
      expect(await add(tenant, spec, [at('c', 1800)])).toEqual({ ...NONE, trail: points });
    });

    it('keep the first and the last of a slot, and no more than their bound', async () => {
      const tenant = newTenant();
      for (const n of [5, 3, 1, 9, 7]) await add(tenant, spec, [at(`e${n}`, 1000 + n)]);
      const { trail } = await add(tenant, spec, [at('end', 1010)]);
      expect(trail.map(({ id }) => id)).toEqual(['e1', 'e9', 'end']);
      for (let n = 0; n < 1000; n += 100) {
        const batch = Array.from({ length: 100 }, (_, i) => at(`k${n + i}`, 1000 + n + i, `key${n + i}`));
        await add(tenant, spec, batch);
      }
      expect(Math.max(...(await open().sizes(tenant)))).toBeLessThanOrEqual(400);
    });

    it('hold what lies within one window in one answer, wherever it lies', async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: -9000, max: 9000 }), fc.nat(1000), async (first, apart) => {
          const tenant = newTenant();
          await add(tenant, spec, [at('b', first + apart, 'y')]);
          const { trail } = await add(tenant, spec, [at('a', first)]);
          expect(trail.map(({ id }) => id).sort()).toEqual(['a', 'b']);
        }),
        { numRuns: open().runs },
      );
    });
  });
}
