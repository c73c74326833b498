import { CorrelationEngine, MemoryCorrelationStore, RuleSet, flattenEvent, loadRules } from '@parapet/sigma';
import type { LoadedRule, SigmaRule, Sighting } from '@parapet/sigma';
import type { CommandIo } from '../command.js';
import { UsageError } from '../usage-error.js';
import { writer } from '../writer.js';
import { readPlaceholders, readRuleFiles, readTestFile, ruleArguments } from './files.js';
import { parseTests, toEvent } from './test-file.js';
import type { RuleTest, TestEvent } from './test-file.js';

/** When tests happen; any time would do. */
const START = Date.UTC(2026, 0, 1);

/** Result of the tests of one rule. */
interface Report {
  path: string;
  ruleId: string;
  ok: boolean;
  tests: number;
  failures: string[];
}

/** `parapet rules test`: one line a rule that reports (and for each test that names none). */
export async function testRules(args: readonly string[], io: CommandIo): Promise<number> {
  const { paths, text, flag } = ruleArguments(args, {
    strict: { type: 'boolean' },
    placeholders: { type: 'string' },
  });
  if (paths.length === 0) throw new UsageError('Say which file or folder.');
  const placeholders = await readPlaceholders(text('placeholders'));
  const files = await readRuleFiles(paths);
  if (files.length === 0) throw new UsageError(`There is no .yml or .yaml file in ${paths.join(', ')}.`);
  const loaded = loadRules(files, { placeholders });
  const bench = new TestBench(loaded.flatMap(({ rule }) => rule ?? []));
  const write = writer(io.stdout);
  let failed = 0;
  for (const { path } of files) {
    const own = loaded.filter((entry) => entry.path === path);
    for (const report of await testFile(path, own, bench, flag('strict'))) {
      if (!report.ok) failed += 1;
      await write(`${JSON.stringify(report)}\n`);
    }
  }
  await write.end();
  return failed > 0 ? 1 : 0;
}

async function testFile(
  path: string,
  own: readonly LoadedRule[],
  bench: TestBench,
  strict: boolean,
): Promise<Report[]> {
  const reports = new Map<string, Report>();
  const reportOf = (ruleId: string): Report => {
    const report = reports.get(ruleId) ?? { path, ruleId, ok: true, tests: 0, failures: [] };
    reports.set(ruleId, report);
    return report;
  };
  const fail = (ruleId: string, ...failures: string[]) => {
    const report = reportOf(ruleId);
    report.failures.push(...failures);
    report.ok = report.failures.length === 0;
  };
  for (const { ruleId, rule, problems } of own)
    if (rule === undefined)
      fail(ruleId, ...problems.map(({ line, column, message }) => `${line}:${column}: ${message}`));
  const reporting = own.flatMap(({ rule }) => (rule !== undefined && bench.reports(rule) ? [rule] : []));
  for (const { ruleId } of reporting) reportOf(ruleId);
  let tests: RuleTest[] = [];
  try {
    tests = parseTests((await readTestFile(path))?.text ?? '');
  } catch (error) {
    fail(
      own[0]?.ruleId ?? '',
      `its tests can't be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  for (const test of tests) {
    const rule = chooseRule(test, own, reporting);
    if (rule === undefined) {
      fail(
        test.rule ?? '',
        test.rule === undefined
          ? 'the test must say which rule it is for'
          : 'there is no such rule in the file',
      );
      continue;
    }
    reportOf(rule.ruleId).tests += test.match.length + test.no_match.length + test.sequences.length;
    fail(rule.ruleId, ...(await bench.run(rule, test)));
  }
  if (strict) for (const rule of reporting) fail(rule.ruleId, ...missing(rule, tests, own, reporting));
  return [...reports.values()];
}

function chooseRule(
  { rule: name }: RuleTest,
  own: readonly LoadedRule[],
  reporting: readonly SigmaRule[],
): SigmaRule | undefined {
  if (name === undefined) return reporting.length === 1 ? reporting[0] : undefined;
  return own
    .map(({ rule }) => rule)
    .find((rule) => rule !== undefined && (rule.id === name || rule.name === name));
}

/** What `--strict` asks for: proof that the rule finds, and proof that it doesn't find everything. */
function missing(
  rule: SigmaRule,
  tests: readonly RuleTest[],
  own: readonly LoadedRule[],
  reporting: readonly SigmaRule[],
): string[] {
  const mine = tests.filter((test) => chooseRule(test, own, reporting) === rule);
  const finds = mine.some(
    ({ match, sequences }) => match.length > 0 || sequences.some(({ groups }) => groups.length > 0),
  );
  const spares = mine.some(
    ({ no_match, sequences }) => no_match.length > 0 || sequences.some(({ groups }) => groups.length === 0),
  );
  return [
    ...(finds ? [] : ['no event that it must match']),
    ...(spares ? [] : ['no event that it must not match']),
  ];
}

/** Runs tests against all the rules together, so that log sources, filters and references count as in production. */
class TestBench {
  readonly #set: RuleSet;
  readonly #silent: ReadonlySet<SigmaRule>;

  constructor(private readonly rules: readonly SigmaRule[]) {
    this.#set = new RuleSet(rules);
    this.#silent = new CorrelationEngine(rules, new MemoryCorrelationStore()).silent;
  }

  reports(rule: SigmaRule): boolean {
    return rule.kind !== 'filter' && !this.#silent.has(rule);
  }

  /** What failed, in words. */
  async run(rule: SigmaRule, test: RuleTest): Promise<string[]> {
    const failures: string[] = [];
    if (rule.kind === 'correlation' && test.match.length + test.no_match.length > 0)
      failures.push('a correlation is tried with sequences, not with single events');
    if (rule.kind !== 'correlation' && test.sequences.length > 0)
      failures.push('sequences are for correlations');
    if (failures.length > 0) return failures;
    test.match.forEach((event, index) => {
      if (!this.#finds(rule, event)) failures.push(`match[${index}] is not found`);
    });
    test.no_match.forEach((event, index) => {
      if (this.#finds(rule, event)) failures.push(`no_match[${index}] is found`);
    });
    for (const sequence of test.sequences) failures.push(...(await this.#runSequence(rule, sequence)));
    return failures;
  }

  #finds(rule: SigmaRule, event: TestEvent): boolean {
    return this.#set.match(toEvent(event, START)).some((found) => found === rule);
  }

  async #runSequence(
    rule: SigmaRule,
    { name, events, groups }: RuleTest['sequences'][number],
  ): Promise<string[]> {
    const engine = new CorrelationEngine(this.rules, new MemoryCorrelationStore());
    const sightings: Sighting[] = [];
    let id = 0;
    for (const { at, times, every, event } of events) {
      for (let n = 0; n < times; n += 1) {
        const time = START + at + n * every;
        const flat = flattenEvent(toEvent(event, time, n));
        id += 1;
        for (const found of this.#set.match(flat))
          sightings.push({ rule: found, event: flat, id: String(id), time });
      }
    }
    const { matches } = await engine.apply('test', sightings);
    const key = (group: Readonly<Record<string, string>>) =>
      JSON.stringify(Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1)));
    const found = new Set(matches.filter((match) => match.rule === rule).map(({ group }) => key(group)));
    const wanted = new Set(groups.map(key));
    return [
      ...[...wanted].filter((group) => !found.has(group)).map((group) => `${name}: not found for ${group}`),
      ...[...found].filter((group) => !wanted.has(group)).map((group) => `${name}: found for ${group}`),
    ];
  }
}
