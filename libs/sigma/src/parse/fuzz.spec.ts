import fc from 'fast-check';
import { CorrelationEngine } from '../correlation/engine.js';
import { MemoryCorrelationStore } from '../correlation/memory-store.js';
import { RuleSet } from '../match/rule-set.js';
import { loadRules } from './load.js';

const RULES = `title: c
name: c
correlation:
  type: temporal_ordered
  rules: [a, b]
  group-by: [u, v]
  timespan: 5m
  aliases:
    v: {a: x.y, b: 'z'}
  generate: true
---
title: a
name: a
logsource: {product: windows, category: process_creation}
detection:
  sel:
    - Image|endswith: ['\\cmd.exe', "x*?\\\\"]
      CommandLine|windash|contains|all: [' -a', '/b']
    - 'keyword'
  filter|x: &anchor
    N|gte: 5
    R|re|i: '^(a|b)+c{2,3}$'
    P|cidr: [10.0.0.0/8, '::/0']
    T|utf16le|base64offset|contains: 'foo'
    F|fieldref: G
    E|exists: false
    H|hour|gte: 18
    Z: null
  condition: sel and not 1 of filter* or (all of them)
---
title: b
name: b
logsource: {category: test}
detection: {s: {kind: b}, condition: s}
---
title: f
logsource: {category: test}
filter: {rules: any, s: {u: root}, condition: not s}
`;
const PIECES = [
  '\n',
  ' ',
  '  ',
  ':',
  '- ',
  '|',
  "'",
  '"',
  '[',
  ']',
  '{',
  '}',
  '*',
  '?',
  '\\',
  '&a ',
  '*a',
  '<<: ',
  'null',
  '!!',
  '%',
  '---\n',
  '\t',
  '\u0000',
  '\ud800',
  '9e999',
  '(',
  'not ',
  'of ',
];
const cut = fc.record({
  at: fc.nat({ max: RULES.length }),
  drop: fc.nat({ max: 12 }),
  put: fc.constantFrom('', ...PIECES),
});

test('mutated rules are loaded or refused with a reason, and never throw; what loads can be run', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(cut, { minLength: 1, maxLength: 5 }),
      fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 3 }),
      async (cuts, events) => {
        let text = RULES;
        for (const { at, drop, put } of cuts) text = text.slice(0, at) + put + text.slice(at + drop);
        const loaded = loadRules([{ path: 'x.yml', text }]);
        for (const { rule, problems } of loaded) {
          expect(problems.length > 0).toBe(rule === undefined);
          for (const { line, column, message } of problems) {
            expect(line).toBeGreaterThan(0);
            expect(column).toBeGreaterThan(0);
            expect(message).not.toBe('');
          }
        }
        const rules = loaded.flatMap(({ rule }) => rule ?? []);
        const set = new RuleSet(rules);
        const engine = new CorrelationEngine(rules, new MemoryCorrelationStore());
        for (const event of [
          ...events,
          { kind: 'b', u: 'x', z: 1 },
          { Image: 'C:\\cmd.exe', CommandLine: 'x -a -b' },
        ]) {
          const sightings = set.match(event).map((rule) => ({ rule, event, id: 'e', time: 1 }));
          await engine.apply('t', sightings);
        }
      },
    ),
    { numRuns: 600 },
  );
});
