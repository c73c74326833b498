import { TENANT_LIMITS } from '../limits.js';
import { load, problemsOf, ruleText } from '../testing/rules.js';
import { loadRules } from './load.js';

const head = 'title: t\nlogsource: {category: test}\n';

describe('what is refused, and where', () => {
  test.each([
    ['sel:\n  A|nosuch: 1\ncondition: sel', '5:5 there is no modifier “nosuch”'],
    ['sel:\n  A|gt: many\ncondition: sel', '5:11 “gt” needs a number'],
    ['sel:\n  A|contains: null\ncondition: sel', '5:17 “contains” can’t'],
    ["sel:\n  A|re: '['\ncondition: sel", '5:11 the regular expression is refused'],
    ["sel:\n  A|re: '(?=a)b'\ncondition: sel", '5:11 the regular expression is refused'],
    ["sel:\n  A|cidr: '10.0.0.0/33'\ncondition: sel", '5:13 the prefix length'],
    ["sel:\n  A|base64: 'a*b'\ncondition: sel", '5:15 “base64” can’t encode wildcards'],
    ['sel:\n  A: {b: 1}\ncondition: sel', '5:8 the value of “A” must be'],
    ['sel:\n  A: []\ncondition: sel', '5:8 “A” has an empty list'],
    ['sel: {}\ncondition: sel', '4:8 an empty map'],
    ['sel: []\ncondition: sel', '4:8 an empty list'],
    ["kw:\n  - ''\ncondition: kw", '5:7 a keyword must not be empty'],
    ['sel:\n  A: 1', '3:1 the condition is missing'],
    ['condition: sel', '3:1 there is no search identifier'],
    ['sel:\n  A: 1\ncondition: sle', '6:14 there is no search identifier “sle”'],
    ['sel:\n  A: 1\ncondition: sel and (sel', '6:26 a closing bracket is missing'],
    ["sel:\n  A: 1\ncondition: 'sel and sel)'", '6:26 this bracket was never opened'],
    ['sel:\n  A: 1\ncondition: sel sel', '6:18 “and” or “or” is missing'],
    ['sel:\n  A: 1\ncondition: sel or', '6:20 the condition ends'],
    ['sel:\n  A: 1\ncondition: not', '6:17 the condition ends'],
    ['sel:\n  A: 1\ncondition: 2 of sel*', '6:14 “2 of” is not supported'],
    ['sel:\n  A: 1\ncondition: 1 of filter*', '6:19 no search identifier matches “filter*”'],
    [
      'sel:\n  A: 1\ncondition: sel | count() by B > 5',
      '6:18 the aggregation “| count() by B > 5” is Sigma 1',
    ],
    ['sel:\n  A|exists: maybe\ncondition: sel', '5:15 “exists” needs true or false'],
    ['sel:\n  A|hour: 24\ncondition: sel', '5:13 “hour” needs a whole number from 0 to 23'],
    ['sel:\n  A|i: x\ncondition: sel', '5:10 “i” stands behind “re” only'],
    ['sel:\n  A: 1\n  A: 2\ncondition: sel', '6:5 YAML: Map keys must be unique'],
  ])('%j', (detection, problem) => {
    const wanted = problem.replaceAll('’', "'");
    expect(problemsOf(ruleText(detection).replace('id: t\n', ''))[0]).toContain(wanted);
  });

  test('a rule tells all that is wrong with it', () => {
    const text = `title: ''\nlevel: grave\nlogsource: {}\ndetection:\n  a:\n    X|foo: 1\n  b:\n    Y|gt: z\n  condition: a and c\n`;
    expect(problemsOf(text).map((line) => line.split(' ')[0])).toEqual([
      '1:1',
      '2:8',
      '3:12',
      '6:5',
      '8:11',
      '9:20',
    ]);
  });

  test('one bad rule stops no other, in the file or beside it', () => {
    const good = ruleText('sel:\n  A: 1\ncondition: sel').replace('id: t\n', '');
    const loaded = loadRules([
      { path: 'a.yml', text: `${good}---\n: : :\n\t- x\n---\n${good}---\njust text\n` },
      { path: 'b.yml', text: 'a: [1\n' },
      { path: 'c.yml', text: '' },
      { path: 'd.yml', text: good },
    ]);
    expect(loaded.map(({ path, rule }) => [path, rule !== undefined])).toEqual([
      ['a.yml', true],
      ['a.yml', false],
      ['a.yml', true],
      ['a.yml', false],
      ['b.yml', false],
      ['c.yml', false],
      ['d.yml', true],
    ]);
    for (const { rule, problems } of loaded) expect(problems.length > 0).toBe(rule === undefined);
  });

  test('the same id in two files is refused the second time', () => {
    const text = ruleText('sel:\n  A: 1\ncondition: sel');
    const [first, second] = loadRules([
      { path: 'a.yml', text },
      { path: 'b.yml', text },
    ]);
    expect(first?.rule?.ruleId).toBe('t');
    expect(second?.problems[0]?.message).toContain('a.yml');
  });
});

describe('hostile files', () => {
  test('an alias bomb is cut off', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) {
      const [from, to] = [String.fromCharCode(96 + i), String.fromCharCode(97 + i)];
      bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`);
    }
    const started = performance.now();
    expect(problemsOf(bomb.join('\n'))[0]).toContain('unfolds to more than');
    expect(performance.now() - started).toBeLessThan(1000);
  });
  test('aliases as such are fine', () => {
    expect(problemsOf(ruleText('sel:\n  A: &v [x, y]\n  B: *v\ncondition: sel'))).toEqual([]);
  });
  test.each([
    ['brackets', `${'['.repeat(20_000)}`],
    ['closed brackets', `a: ${'['.repeat(1000)}${']'.repeat(1000)}`],
    ['lists', `${'- '.repeat(5000)}x`],
    ['maps', `${'{a: '.repeat(1500)}x${'}'.repeat(1500)}`],
  ])('deep nesting of %s is refused, not recursed into', (_name, text) => {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
  });
  test('long patterns, values, conditions and files', () => {
    const limits = TENANT_LIMITS;
    const withValue = (value: string, modifier = '') =>
      problemsOf(ruleText(`sel:\n  A${modifier}: '${value}'\ncondition: sel`), { limits }).join();
    expect(withValue('(?:)'.repeat(250), '|re')).toBe('');
    expect(withValue('(?:)'.repeat(251), '|re')).toContain('1000 are allowed');
    expect(withValue('a.{0,900}c', '|re')).toContain('too large');
    expect(withValue('x'.repeat(40_000))).toContain('32768 are allowed');
    expect(problemsOf('x'.repeat(600_000), { limits })[0]).toContain('are allowed');
    const condition = Array(1500).fill('sel').join(' or ');
    expect(problemsOf(ruleText(`sel:\n  A: 1\ncondition: ${condition}`)).join()).toContain(
      'more than 2000 words',
    );
    const brackets = `${'('.repeat(100)}sel${')'.repeat(100)}`;
    expect(problemsOf(ruleText(`sel:\n  A: 1\ncondition: ${brackets}`)).join()).toContain(
      'nested too deeply',
    );
  });
  test('modifiers and placeholders that multiply values are bounded', () => {
    const flags = "'-a -b -c -d -e'";
    expect(problemsOf(ruleText(`sel:\n  A|windash: ${flags}\ncondition: sel`)).join()).toContain('5 flags');
    const many = Array.from({ length: 300 }, (_, i) => String(i));
    const text = ruleText("sel:\n  A|expand: '%x%-%x%'\ncondition: sel");
    expect(problemsOf(text, { placeholders: { x: many } }).join()).toContain('makes more than 20000 values');
  });
  test('names from Object.prototype are no modifiers, rules or placeholders', () => {
    expect(problemsOf(ruleText('sel:\n  A|constructor: 1\ncondition: sel')).join()).toContain('no modifier');
    expect(problemsOf(ruleText("sel:\n  A|expand: '%toString%'\ncondition: sel")).join()).toContain(
      'no values',
    );
    expect(problemsOf(ruleText('sel:\n  A: 1\ncondition: __proto__')).join()).toContain(
      'no search identifier',
    );
  });
});

describe('rule collections (action)', () => {
  const text = `action: global
title: g
logsource: {category: test}
detection:
  sel: {A: 1}
  condition: sel or other
---
detection:
  other: {B: 1}
---
detection:
  other: {C: 1}
---
action: reset
---
title: alone
`;
  test('a global document is merged into those behind it', () => {
    const loaded = load(text);
    expect(loaded.map(({ title, rule }) => [title, rule !== undefined])).toEqual([
      ['g', true],
      ['g', true],
      ['alone', false],
    ]);
  });
  test('an unknown action is refused', () => {
    expect(problemsOf(`action: fire\n${head}`).join()).toContain('“fire” is no action');
  });
});

describe('correlations', () => {
  const base = `---\ntitle: b\nname: base\nlogsource: {category: test}\ndetection:\n  sel: {A: 1}\n  condition: sel\n`;
  const correlation = (body: string) =>
    `title: c\nname: corr\ncorrelation:\n${body.replace(/^/gm, '  ')}\n${base}`;
  const whole = 'type: event_count\nrules: [base]\ngroup-by: [u]\ntimespan: 5m\ncondition: {gte: 5}';

  test('a whole one loads', () => expect(problemsOf(correlation(whole))).toEqual([]));
  test.each([
    [whole.replace('event_count', 'event_counts'), '4:9 “event_counts” is no correlation type'],
    [whole.replace('[base]', '[nobody]'), '5:11 there is no rule with the id or name “nobody”'],
    [whole.replace('[base]', '[]'), '5:3 the correlation names no rules'],
    [whole.replace('[base]', '[base, corr]'), '5:17 “corr” refers back'],
    [whole.replace('5m', '5x'), '7:13 “5x” is no timespan'],
    [whole.replace('5m', '1M'), '7:13 “1M” is no timespan'],
    [whole.replace('5m', '90d'), '7:13 the timespan is longer than 31 days'],
    [whole.replace('{gte: 5}', '{gte: x}'), '8:20 “gte” needs a number'],
    [whole.replace('{gte: 5}', '{gte: 5, field: x}'), '“event_count” takes no field'],
    [whole.replace('{gte: 5}', '{atleast: 5}'), 'has no “atleast”'],
    [whole.replace('{gte: 5}', '{lt: 1}'), 'asks for an absence'],
    [whole.replace('{gte: 5}', '{gte: 5, lt: 5}'), 'can never hold'],
    [whole.replace('{gte: 5}', '{gte: 1000000}'), "can't be waited for"],
    [whole.replace('{gte: 5}', 'base and base'), 'must be a map'],
    [whole.replace('event_count', 'value_count'), 'needs a field'],
    [whole.replace('event_count', 'temporal'), 'can never hold: 1 rules are named'],
    [whole.replace('\ncondition: {gte: 5}', ''), '“event_count” needs a condition'],
    [`${whole}\nwindow: 5m`, '9:3 “correlation” has no “window”'],
    [`${whole}\ngenerate: maybe`, '“generate” must be true or false'],
    [`${whole}\naliases: {u: {other: x}}`, 'the alias “u” names “other”'],
  ])('%j', (body, problem) => expect(problemsOf(correlation(body)).join('\n')).toContain(problem));

  test('a refused rule takes the correlations on it with it, and says so', () => {
    const [first] = load(correlation(whole).replace('{A: 1}', '{A|nosuch: 1}'));
    expect(first?.problems[0]?.message).toBe('the rule “base” was refused');
  });
  test('a circle of correlations is refused', () => {
    const one = (name: string, other: string) =>
      `title: ${name}\nname: ${name}\ncorrelation: {type: event_count, rules: [${other}], timespan: 1m, condition: {gte: 2}}\n`;
    const loaded = load([one('a', 'b'), one('b', 'c'), one('c', 'a')].join('---\n'));
    expect(loaded.every(({ rule }) => rule === undefined)).toBe(true);
  });
});
