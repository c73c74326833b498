import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { CorrelationEngine, MemoryCorrelationStore, TENANT_LIMITS, loadRules } from '@parapet/sigma';
import type { LoadedRule, SigmaRule } from '@parapet/sigma';
import { z } from 'zod';
import { runCli } from '../../run-cli.js';
import { readRuleFiles } from './files.js';

const ROOT = join(import.meta.dirname, '../../../../../rules');
/** ATT&CK's tactics, as Sigma writes them. */
const TACTICS = new Set([
  'attack.reconnaissance',
  'attack.resource-development',
  'attack.initial-access',
  'attack.execution',
  'attack.persistence',
  'attack.privilege-escalation',
  'attack.stealth',
  'attack.defense-impairment',
  'attack.credential-access',
  'attack.discovery',
  'attack.lateral-movement',
  'attack.collection',
  'attack.command-and-control',
  'attack.exfiltration',
  'attack.impact',
]);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const reportSchema = z.object({
  path: z.string(),
  ruleId: z.string(),
  ok: z.boolean(),
  tests: z.number(),
  failures: z.array(z.string()),
});

let texts = new Map<string, string>();
let loaded: LoadedRule[] = [];
let rules: SigmaRule[] = [];
let silent: ReadonlySet<SigmaRule> = new Set();
beforeAll(async () => {
  const files = await readRuleFiles([ROOT]);
  texts = new Map(files.map(({ path, text }) => [path, text]));
  // The bounds for tenants' rules, so that a tenant may copy any of ours and change it.
  loaded = loadRules(files, { limits: TENANT_LIMITS });
  rules = loaded.flatMap(({ rule }) => rule ?? []);
  silent = new CorrelationEngine(rules, new MemoryCorrelationStore()).silent;
});

test('every rule of the pack loads, within the bounds for tenants', () => {
  expect(loaded.flatMap(({ path, problems }) => problems.map(({ message }) => [path, message]))).toEqual([]);
});

test('every rule of the pack finds what it must and spares what it must', async () => {
  let out = '';
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      out += chunk.toString();
      done();
    },
  });
  const code = await runCli(['rules', 'test', '--strict', ROOT], {
    stdin: Readable.from([]),
    stdout,
    stderr: stdout,
  });
  const reports = out
    .trim()
    .split('\n')
    .map((line) => reportSchema.parse(JSON.parse(line)));
  expect(reports.filter(({ ok }) => !ok)).toEqual([]);
  expect(code).toBe(0);
  const tried = new Map(reports.map(({ ruleId, tests }) => [ruleId, tests]));
  for (const { ruleId, kind } of rules)
    // A silent correlation shows in the ones that build on it.
    if (kind === 'detection') expect([ruleId, (tried.get(ruleId) ?? 0) > 1]).toEqual([ruleId, true]);
});

test('at least 60 rules and 15 correlations report', () => {
  const count = (kind: string) => rules.filter((rule) => rule.kind === kind && !silent.has(rule)).length;
  expect(count('detection')).toBeGreaterThanOrEqual(60);
  expect(count('correlation')).toBeGreaterThanOrEqual(15);
});

test('building blocks say nothing by themselves, all others do', () => {
  for (const { path, rule } of loaded)
    if (rule !== undefined) {
      const block = path.includes('building-blocks');
      expect([path, silent.has(rule)]).toEqual([path, block]);
      // Should a tenant switch off what builds on it, it must not become an alarm.
      expect([path, rule.level === 'informational']).toEqual([path, block]);
    }
});

test('each rule says what it is, whose it is and how bad', () => {
  const ids = new Set<string>();
  for (const { path, rule } of loaded) {
    if (rule === undefined) continue;
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.yml$/, '');
    expect(rule.name).toBe(name);
    expect(rule.id).toMatch(UUID);
    expect([path, ids.has(rule.ruleId)]).toEqual([path, false]);
    ids.add(rule.ruleId);
    expect(rule.author).toBe('Parapet');
    expect(rule.status).toBeDefined();
    expect((rule.description ?? '').length).toBeGreaterThan(20);
    expect(texts.get(path)).toContain('\nlicense: Apache-2.0\n');
    expect([path, rule.tags.some((tag) => /^attack\.t\d{4}(?:\.\d{3})?$/.test(tag))]).toEqual([path, true]);
    const tactics = rule.tags.filter((tag) => tag.startsWith('attack.') && !/\.t\d{4}/.test(tag));
    expect([path, tactics.filter((tag) => !TACTICS.has(tag)), tactics.length > 0]).toEqual([path, [], true]);
  }
});
