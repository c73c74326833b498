import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { parseFrame } from '@parapet/normalize';
import { CorrelationEngine, MemoryCorrelationStore, RuleSet, episodes, loadRules } from '@parapet/sigma';
import type { SigmaRule } from '@parapet/sigma';
import { testDataPath, testDataRows } from './test-data.js';

const eventSchema = z.record(z.string(), z.unknown());
const rulesRoot = testDataPath('sigma/rules');
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** The rules of an index, loaded together, and whether each file was taken. */
function loadIndex(index: string, root: string) {
  const rows = testDataRows(index).map((row) => z.looseObject({ path: z.string() }).parse(row));
  const loaded = loadRules(rows.map(({ path }) => ({ path, text: readFileSync(join(root, path), 'utf8') })));
  const refused = new Set(loaded.filter(({ rule }) => rule === undefined).map(({ path }) => path));
  return { rows, loaded, refused };
}

if (rulesRoot === undefined) test.skip('SigmaHQ rules', () => undefined);
else {
  const { rows, loaded, refused } = loadIndex('sigma/rules_index.jsonl', rulesRoot);
  const rules: SigmaRule[] = loaded.flatMap(({ rule }) => rule ?? []);
  const set = new RuleSet(rules);
  const idsOf = (event: Record<string, unknown>) => set.match(event).map(({ ruleId }) => ruleId);

  describe('SigmaHQ rules', () => {
    test('every rule loads but those with placeholders that nobody filled', () => {
      expect(rows.length).toBe(2607);
      const wanted = rows.filter((row) => row['loads'] === false).map(({ path }) => path);
      expect([...refused].sort()).toEqual(wanted.sort());
      for (const { rule, problems } of loaded.filter(({ path }) => wanted.includes(path))) {
        expect(rule).toBeUndefined();
        expect(problems[0]).toMatchObject({
          line: expect.any(Number),
          column: expect.any(Number),
          message: expect.stringMatching(/placeholder %.+%/),
        });
      }
    });

    test('placeholders with values load', () => {
      const names = loaded.flatMap(({ problems }) =>
        problems.flatMap(({ message }) => /%(.+)%/.exec(message)?.[1] ?? []),
      );
      const placeholders = Object.fromEntries(names.map((name) => [name, ['one', '*two?']]));
      const paths = new Set(refused);
      const again = loadRules(
        [...paths].map((path) => ({ path, text: readFileSync(join(rulesRoot, path), 'utf8') })),
        { placeholders },
      );
      expect(again.flatMap(({ problems }) => problems)).toEqual([]);
    });

    test('old aggregations are refused by name, what is only old loads', () => {
      const old = loadIndex('sigma/unsupported_index.jsonl', join(rulesRoot, '..'));
      for (const row of old.rows)
        expect([row.path, !old.refused.has(row.path)]).toEqual([row.path, row['loads_in_reference']]);
      const reasons = old.loaded.flatMap(({ problems }) => problems.map(({ message }) => message));
      expect(reasons.length).toBeGreaterThan(0);
      for (const reason of reasons) expect(reason).toMatch(/aggregation “\| .+correlation/);
    });

    test('regression events: each matches its rule, and nothing that the reference does not', () => {
      const cases = testDataRows('sigma/regression.jsonl').map((row) =>
        z
          .object({
            rule_id: z.string(),
            events: z.array(z.object({ flat: eventSchema, oracle_matches: z.array(z.string()) })),
          })
          .parse(row),
      );
      expect(cases.length).toBe(145);
      for (const { rule_id, events } of cases) {
        const found = events.map(({ flat }) => idsOf(flat));
        expect(found.some((ids) => ids.includes(rule_id))).toBe(true);
        events.forEach(({ oracle_matches }, index) =>
          expect([rule_id, [...(found[index] ?? [])].sort()]).toEqual([rule_id, [...oracle_matches].sort()]),
        );
      }
    });

    const otrf = testDataPath('sigma/otrf') ?? '';
    const recordings = readdirSync(otrf).filter((name) => name.endsWith('.gz'));
    const linesOf = (name: string) =>
      gunzipSync(readFileSync(join(otrf, name)))
        .toString()
        .trim()
        .split('\n');
    const expectedOf = (name: string) =>
      new Map(
        Object.entries(
          z
            .object({ oracle_matches_by_line: z.record(z.string(), z.array(z.string())) })
            .parse(readJson(join(otrf, `${basename(name, '.ndjson.gz')}.expected.json`)))
            .oracle_matches_by_line,
        ).map(([line, ids]) => [Number(line), [...ids].sort()]),
      );

    test.each(recordings)('recorded attack %s', (name) => {
      const found = new Map<number, string[]>();
      linesOf(name).forEach((line, index) => {
        const ids = idsOf(eventSchema.parse(JSON.parse(line)));
        if (ids.length > 0) found.set(index, ids.sort());
      });
      expect(found).toEqual(expectedOf(name));
    });

    test.each(recordings)('recorded attack %s, through the decoder', (name) => {
      // The recordings call the provider SourceName; the decoder knows it for Provider_Name, so that such rules find more.
      const byProvider = new Set(
        loaded.flatMap(({ path, ruleId }) =>
          readFileSync(join(rulesRoot, path), 'utf8').includes('Provider_Name') ? [ruleId] : [],
        ),
      );
      const context = {
        receivedAt: Date.UTC(2026, 2, 3),
        timeZone: 'UTC',
        sourceType: 'auto',
        transport: 'tcp' as const,
      };
      const expected = expectedOf(name);
      linesOf(name).forEach((line, index) => {
        const wanted = expected.get(index) ?? [];
        const found = idsOf(parseFrame(Buffer.from(line), context)).filter(
          (id) => wanted.includes(id) || !byProvider.has(id),
        );
        expect([index, found.sort()]).toEqual([index, wanted]);
      });
    });
  });
}

const conformanceSchema = z.array(
  z.object({
    id: z.string(),
    detection_yaml: z.string(),
    must_reject: z.boolean().optional(),
    cases: z.array(z.object({ event: eventSchema, match: z.boolean() })).default([]),
  }),
);
const conformance = testDataPath('sigma/conformance.json');
const indent = (text: string) => text.trimEnd().replace(/^/gm, '  ');

if (conformance === undefined) test.skip('Sigma conformance', () => undefined);
else
  describe('Sigma conformance', () => {
    test.each(conformanceSchema.parse(readJson(conformance)).map((one) => [one.id, one] as const))(
      '%s',
      (_id, one) => {
        const text = `title: t\nlogsource: {category: test}\ndetection:\n${indent(one.detection_yaml)}\n`;
        const [loaded] = loadRules([{ path: 'case.yml', text }]);
        if (one.must_reject === true) {
          expect(loaded?.rule).toBeUndefined();
          expect(loaded?.problems.length).toBeGreaterThan(0);
          return;
        }
        expect(loaded?.problems).toEqual([]);
        const set = new RuleSet(loaded?.rule === undefined ? [] : [loaded.rule]);
        expect(one.cases.map(({ event }) => set.match(event).length > 0)).toEqual(
          one.cases.map(({ match }) => match),
        );
      },
    );
  });

const correlationSchema = z.array(
  z.object({
    id: z.string(),
    rules_yaml: z.string(),
    must_reject: z.boolean().optional(),
    events: z.array(z.looseObject({ t: z.number(), tenant: z.string().default('') })).default([]),
    expect: z
      .object({
        groups: z.array(z.record(z.string(), z.string())).default([]),
        base_rule_alerts: z.number().optional(),
      })
      .optional(),
  }),
);
const correlation = testDataPath('sigma/correlation.json');

if (correlation === undefined) test.skip('Sigma correlation', () => undefined);
else
  describe('Sigma correlation', () => {
    test.each(correlationSchema.parse(readJson(correlation)).map((one) => [one.id, one] as const))(
      '%s',
      async (_id, one) => {
        const loaded = loadRules([{ path: 'case.yml', text: one.rules_yaml }]);
        if (one.must_reject === true) {
          expect(loaded.some(({ rule }) => rule === undefined)).toBe(true);
          return;
        }
        expect(loaded.flatMap(({ problems }) => problems)).toEqual([]);
        const rules = loaded.flatMap(({ rule }) => rule ?? []);
        const set = new RuleSet(rules);
        const engine = new CorrelationEngine(rules, new MemoryCorrelationStore());
        const matches = [];
        for (const [index, event] of one.events.entries()) {
          const sightings = set
            .match(event)
            .map((rule) => ({ rule, event, id: String(index), time: event.t * 1000 }));
          if (one.expect?.base_rule_alerts === 0)
            expect(sightings.filter(({ rule }) => !engine.silent.has(rule))).toEqual([]);
          matches.push(...(await engine.apply(event.tenant, sightings)).matches);
        }
        expect(episodes(matches).map(({ group }) => group)).toEqual(one.expect?.groups ?? []);
      },
    );
  });
