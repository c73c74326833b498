import fc from 'fast-check';
import { naiveRegions } from './naive-regions.js';
import type { Observation, WindowSpec, WindowStore } from './window.js';

/** What the suite needs of an implementation. */
export interface StoreUnderTest {
  store: WindowStore;
  /** How many observations each key of this tenant holds. */
  sizes(tenantId: string): Promise<number[]>;
  /** Runs of each property; a store behind a network takes fewer. */
  runs: number;
}

const SECOND = 1000;
const START = Date.UTC(2026, 2, 3, 1, 44);
const SUM: WindowSpec = { windowMs: 300 * SECOND, threshold: 5, mode: 'sum' };
const DISTINCT: WindowSpec = { windowMs: 600 * SECOND, threshold: 10, mode: 'distinct' };

let tenants = 0;
const newTenant = () => `tenant-${process.pid}-${Date.now()}-${(tenants += 1)}`;

function seen(id: string, seconds: number, more: Partial<Observation> = {}): Observation {
  return { id, time: START + seconds * SECOND, key: id, cls: 'attempt', weight: 1, ...more };
}

/** One suite for every implementation of the window store. */
export function windowStoreSuite(name: string, open: () => StoreUnderTest): void {
  describe(`windows in ${name}`, () => {
    /** Adds one batch for one group. */
    const add = async (tenantId: string, spec: WindowSpec, observations: Observation[], group = 'g') => {
      const [result] = await open().store.apply(tenantId, [{ detector: 'd', group, spec, observations }]);
      return result?.regions ?? [];
    };

    it('reaches the threshold with the last of five, and names the four before', async () => {
      const tenant = newTenant();
      for (const n of [0, 1, 2, 3]) expect(await add(tenant, SUM, [seen(`e${n}`, n)])).toEqual([]);
      const last = seen('e4', 4);
      const [region, ...more] = await add(tenant, SUM, [last]);
      expect(more).toEqual([]);
      expect(region).toMatchObject({ from: START, to: last.time, own: [last] });
      expect(region?.others.map((member) => member.id)).toEqual(['e0', 'e1', 'e2', 'e3']);
    });

    it('counts events exactly one window apart, and not one millisecond more', async () => {
      const four = [0, 1, 2, 3].map((n) => seen(`e${n}`, n));
      expect(await add(newTenant(), SUM, [...four, seen('e4', 300)])).toHaveLength(1);
      expect(await add(newTenant(), SUM, [...four, seen('e4', 300.001)])).toEqual([]);
    });

    it('gives the same answer to the same batch again', async () => {
      const tenant = newTenant();
      await add(tenant, SUM, [seen('e0', 0), seen('e1', 1), seen('e2', 2)]);
      const batch = [seen('e3', 3), seen('e4', 4), seen('e5', 5)];
      const once = await add(tenant, SUM, batch);
      expect(once).toHaveLength(1);
      expect(await add(tenant, SUM, batch)).toEqual(once);
      for (const size of await open().sizes(tenant)) expect(size).toBe(6);
    });

    it('never counts an event twice, in one batch or over batches', async () => {
      const tenant = newTenant();
      const four = [0, 1, 2, 3].map((n) => seen(`e${n}`, n));
      expect(await add(tenant, SUM, [...four, ...four])).toEqual([]);
      for (let again = 0; again < 3; again += 1) expect(await add(tenant, SUM, four)).toEqual([]);
    });

    it('counts two kinds of line about one attempt once', async () => {
      const tenant = newTenant();
      const lines = [0, 1, 2, 3].flatMap((n) => [
        seen(`i${n}`, n, { key: `c${n}`, cls: 'invalid_user' }),
        seen(`a${n}`, n, { key: `c${n}` }),
      ]);
      expect(await add(tenant, SUM, lines)).toEqual([]);
      expect(await add(tenant, SUM, [seen('a4', 4, { key: 'c3' })])).toHaveLength(1);
    });

    it('takes a weight far above the threshold as reaching it', async () => {
      const regions = await add(newTenant(), SUM, [seen('e', 0, { weight: 2 ** 40 })]);
      expect(regions).toMatchObject([{ from: START, to: START, others: [] }]);
    });

    it('counts a key once when keys are to be distinct', async () => {
      const tenant = newTenant();
      const hits = Array.from({ length: 300 }, (_, n) => seen(`e${n}`, n, { key: `port${n % 9}` }));
      expect(await add(tenant, DISTINCT, hits)).toEqual([]);
      expect(await add(tenant, DISTINCT, [seen('last', 299, { key: 'port10' })])).toHaveLength(1);
    });

    it('forgets a repeated key only where its neighbours stand in for it', async () => {
      const tenant = newTenant();
      const spec: WindowSpec = { ...DISTINCT, threshold: 3 };
      for (const at of [0, 540, 1080]) await add(tenant, spec, [seen(`a${at}`, at, { key: 'a' })]);
      expect(await add(tenant, spec, [seen('b', 300, { key: 'b' })])).toEqual([]);
      // Only a540 lies within ten minutes of both.
      expect(await add(tenant, spec, [seen('c', 840, { key: 'c' })])).toHaveLength(1);
    });

    it('keeps tenants, detectors, groups and settings apart', async () => {
      const tenant = newTenant();
      const { store } = open();
      const of = (n: number) => [seen(`e${n}`, n)];
      for (const n of [0, 1, 2, 3]) {
        await store.apply(tenant, [
          { detector: 'd', group: 'g', spec: SUM, observations: of(n) },
          { detector: 'other', group: 'g', spec: SUM, observations: of(n) },
          { detector: 'd', group: 'h', spec: SUM, observations: of(n) },
          { detector: 'd', group: 'g', spec: { ...SUM, threshold: 6 }, observations: of(n) },
        ]);
      }
      expect(await add(newTenant(), SUM, of(4))).toEqual([]);
      const results = await store.apply(tenant, [
        { detector: 'd', group: 'g', spec: { ...SUM, threshold: 6 }, observations: of(4) },
        { detector: 'd', group: 'i', spec: SUM, observations: of(4) },
        { detector: 'd', group: 'g', spec: SUM, observations: of(4) },
      ]);
      expect(results.map((result) => result.regions.length)).toEqual([0, 0, 1]);
    });

    it('takes times long past, before 1970 too', async () => {
      for (const at of [-40 * 365 * 86_400, -60 * 365 * 86_400]) {
        const tenant = newTenant();
        const five = [3, 1, 4, 0, 2].map((n) => seen(`e${n}`, at + n * 70));
        for (const one of five.slice(1)) expect(await add(tenant, SUM, [one])).toEqual([]);
        expect(await add(tenant, SUM, five.slice(0, 1))).toHaveLength(1);
      }
    });

    it('holds no more for a flood than the threshold allows', async () => {
      for (const spec of [SUM, DISTINCT]) {
        const tenant = newTenant();
        for (let from = 0; from < 100_000; from += 500) {
          const batch = Array.from({ length: 500 }, (_, n) =>
            seen(`e${from + n}`, (from + n) / 100, { key: `k${(from + n) % 1000}` }),
          );
          await add(tenant, spec, batch);
        }
        const sizes = await open().sizes(tenant);
        expect(sizes.length).toBeGreaterThan(0);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * spec.threshold);
      }
    });

    it('holds no more for what stays below the threshold, in any disorder', async () => {
      const tenant = newTenant();
      for (let n = 0; n < 20_000; n += 500) {
        const batch = Array.from({ length: 500 }, (_, i) =>
          seen(`e${n + i}`, ((n + i) * 7919) % 1200, { key: `port${(n + i) % 9}` }),
        );
        expect(await add(tenant, DISTINCT, batch)).toEqual([]);
      }
      for (const size of await open().sizes(tenant))
        expect(size).toBeLessThanOrEqual(14 * DISTINCT.threshold);
    });

    describe.each(['sum', 'distinct'] as const)('in mode %s, for any events', (mode) => {
      const spec: WindowSpec = { windowMs: 10, threshold: mode === 'sum' ? 4 : 3, mode };
      const event = fc.record({
        // Several segments (40 ms each), dense enough that windows hover about the threshold.
        time: fc.integer({ min: -20, max: 150 }),
        // One key far more often than the others, so that there are runs of it to be thinned.
        key: fc.constantFrom('a', 'a', 'a', 'a', 'b', 'c', 'd'),
        cls: fc.constantFrom('attempt', 'invalid_user'),
        weight: fc.constantFrom(1, 1, 1, 2, 9),
      });
      const events = fc
        .array(event, { maxLength: 60 })
        .map((list) => list.map((one, n): Observation => ({ id: `e${n}`, ...one })));
      /** Order of arrival, with repeats, in batches. */
      const arrival = events.chain((all) =>
        fc.record({
          all: fc.constant(all),
          order: fc.shuffledSubarray([...all.keys()], { minLength: all.length }),
          repeats: fc.array(fc.nat(Math.max(all.length - 1, 0)), { maxLength: all.length === 0 ? 0 : 20 }),
          cuts: fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 10 }),
        }),
      );

      it('the order, the batches and repeats change nothing: the answer is the definition’s', async () => {
        await fc.assert(
          fc.asyncProperty(arrival, async ({ all, order, repeats, cuts }) => {
            const tenant = newTenant();
            const stream = [...order, ...repeats].flatMap((n) => all[n] ?? []);
            const arrived: Observation[] = [];
            const perBatch: { ids: string[]; expected: string[] }[] = [];
            for (let at = 0, cut = 0; at < stream.length; cut += 1) {
              const batch = stream.slice(at, at + (cuts[cut % cuts.length] ?? 1));
              at += batch.length;
              arrived.push(...batch);
              const own = new Set(batch.map((one) => one.id));
              const regions = await add(tenant, spec, batch);
              perBatch.push({
                ids: regions.flatMap((region) => region.own.map((one) => one.id)).sort(),
                expected: naiveRegions(arrived, spec)
                  .flatMap((region) => region.ids.filter((id) => own.has(id)))
                  .sort(),
              });
            }
            // At every step: exactly those of the batch's events that by then lie in a qualifying window.
            for (const { ids, expected } of perBatch) expect(ids).toEqual(expected);

            // At the end: asked event by event, the same regions as the definition gives for the whole.
            const expected = naiveRegions(all, spec);
            const hulls: { from: number; to: number }[] = [];
            const members: string[] = [];
            for (const one of all) {
              for (const region of await add(tenant, spec, [one])) {
                members.push(...region.own.map((own) => own.id));
                hulls.push({ from: region.from, to: region.to });
              }
            }
            expect(members.sort()).toEqual(expected.flatMap((region) => region.ids).sort());
            expect(joined(hulls, spec.windowMs)).toEqual(expected.map(({ from, to }) => ({ from, to })));
          }),
          { numRuns: open().runs },
        );
      });
    });
  });
}

function joined(hulls: { from: number; to: number }[], windowMs: number): { from: number; to: number }[] {
  const out: { from: number; to: number }[] = [];
  for (const hull of hulls.sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last === undefined || hull.from - last.to > windowMs) out.push({ ...hull });
    else last.to = Math.max(last.to, hull.to);
  }
  return out;
}
