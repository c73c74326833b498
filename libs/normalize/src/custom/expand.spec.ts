import { RE2JS } from 're2js';
import { expandPattern } from './expand.js';
import { GROK_PATTERNS } from './grok-patterns/index.js';

const compiled = (pattern: string) => {
  const expanded = expandPattern(pattern, true);
  if ('problems' in expanded) throw new Error(JSON.stringify(expanded.problems));
  return RE2JS.compile(expanded.source, expanded.lookbehind ? RE2JS.LOOKBEHINDS : 0);
};
const found = (pattern: string, text: string) => compiled(pattern).exec(text)?.[1];
const problems = (pattern: string, references = true) => {
  const expanded = expandPattern(pattern, references);
  return 'problems' in expanded ? expanded.problems : [];
};

test.each([...GROK_PATTERNS.keys()])('the library’s %s compiles', (name) => {
  expect(compiled(`%{${name}:field}`).groupCount()).toBeGreaterThan(0);
});

// What the look-arounds of Logstash's patterns are for holds in the RE2 form too.
test.each([
  ['%{IP:a}', 'from 192.0.2.1.', '192.0.2.1'],
  ['%{IP:a}', 'from 1192.0.2.1', undefined],
  ['%{IP:a}', 'from 192.0.2.256', undefined],
  ['ip=%{IP:a}', 'ip=192.0.2.1', '192.0.2.1'],
  ['%{GREEDYDATA} ?%{IP:a}', 'peer 10.192.0.2 and 110.0.2.1', undefined],
  ['%{GREEDYDATA}%{IP:a}', 'at 110.0.2.1', '110.0.2.1'],
  ['%{IP:a}', '[2001:db8::7]:22', '2001:db8::7'],
  ['%{IP:a}', '::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['%{IP:a}', 'fe80::1%eth0 x', 'fe80::1%eth0'],
  ['%{IPORHOST:a}', 'host-1.example.test.', 'host-1.example.test.'],
  ['took %{NUMBER:a}', 'took -1.5s', '-1.5'],
  ['%{GREEDYDATA}%{NUMBER:a}', 'took 21.5', '21.5'],
  ['%{GREEDYDATA}%{NUMBER:a}', 'took -5', '-5'],
  ['(?:n=|m=)%{NUMBER:a}', 'm=12', '12'],
  ['=%{BASE16NUM:a}', 'n=0x1F', '0x1F'],
  ['%{GREEDYDATA}%{BASE16NUM:a}', 'mask 9f', '9f'],
  ['%{WORD:a}-', 'one two-', 'two'],
  ['%{QS:a}', 'said "a \\" b" loud', '"a \\" b"'],
  ['%{TIMESTAMP_ISO8601:a}', 'at 2026-11-21T10:11:12.345+01:00 x', '2026-11-21T10:11:12.345+01:00'],
  ['%{SYSLOGTIMESTAMP:a}', 'Nov  1 02:03:04 host', 'Nov  1 02:03:04'],
  ['%{HTTPDATE:a}', '[10/Oct/2000:13:55:36 -0700]', '10/Oct/2000:13:55:36 -0700'],
  ['%{UUID:a}', 'id 123e4567-e89b-12d3-a456-426614174000', '123e4567-e89b-12d3-a456-426614174000'],
  ['%{URI:a}', 'see https://u@h.test:8443/p/q?x=1#f now', 'https://u@h.test:8443/p/q?x=1#f'],
  ['%{LOGLEVEL:a}', 'x WARNING y', 'WARNING'],
  ['%{MAC:a}', '00:1b:44:11:3a:b7', '00:1b:44:11:3a:b7'],
])('%s in %j is %j', (pattern, text, expected) => {
  const greedy = pattern.startsWith('%{GREEDYDATA} ?');
  if (!greedy) expect(found(pattern, text)).toBe(expected);
  // After a greedy ".*" never the tail of an address: "10.0.2.1" of "110.0.2.1".
  else expect(found(pattern, text)).not.toBe('10.0.2.1');
});

test('names, types and both ways to write a field', () => {
  const expanded = expandPattern(
    '%{IP:[source][ip]} (?<user.name>\\S+) (plain) %{INT:n:int} (?P<x>y)(?i:z)',
    true,
  );
  expect(expanded).toMatchObject({
    lookbehind: false,
    captures: [{ field: 'source.ip' }, { field: 'user.name' }, { field: 'n', type: 'int' }, { field: 'x' }],
  });
});

test.each([
  ['a %{IPP:x}', 2, /no pattern IPP; did you mean IP\?/],
  ['%{NOTHINGLIKEIT}', 0, /no pattern NOTHINGLIKEIT$/],
  ['%{IP:x', 0, /written %\{NAME/],
  ['%{IP:x:date}', 0, /no type/],
  ['ab(?=c)', 2, /look-ahead/],
  ['ab(?<!c)', 2, /look-behind/],
  ['(?>a)', 0, /atomic/],
  ['(a)\\1', 3, /back-reference/],
  ['x(a', 1, /not closed/],
  ['xa)', 2, /closes nothing/],
  ['x[ab', 1, /not closed/],
  ['x\\', 1, /escapes nothing/],
  ['(?<event.original>x)', 0, /set by Parapet/],
  ['%{IP:tenantId}', 0, /set by Parapet/],
  ['%{IP:parapet.x}', 0, /set by Parapet/],
  ['%{IP:__proto__}', 0, /set by Parapet|no field name/],
  ['%{IP:constructor}', 0, /set by Parapet/],
  ['%{IP:a b}', 0, /no field name/],
])('%s is refused at %i', (pattern, offset, message) => {
  expect(problems(pattern)).toEqual([{ offset, message: expect.stringMatching(message) }]);
});

test('expansion and captures are bounded', () => {
  expect(problems('%{NETSCREENSESSIONLOG}'.repeat(40))[0]?.message).toMatch(/longer than|more than 100/);
  expect(problems(Array.from({ length: 101 }, (_, n) => `(?<a${n}>b)`).join(''), false)[0]?.message).toMatch(
    /more than 100 captures/,
  );
  expect(problems('(?<a>b)'.repeat(200), false)).toEqual([]);
});

test('a regular expression has no references', () => {
  const expanded = expandPattern('100%{2}[(]x\\Q', false);
  expect(expanded).toMatchObject({ source: '100%{2}[(]x\\Q', captures: [] });
});
