import fc from 'fast-check';
import { EventView, Slots } from './event-view.js';
import { flattenEvent } from './flatten.js';
import { compileDetection } from './predicate.js';
import { RuleSet } from './rule-set.js';
import { finds, ruleText, rulesOf } from '../testing/rules.js';

const matches = (text: string, event: Record<string, unknown>) =>
  new RuleSet(rulesOf(text)).match(event).map(({ ruleId }) => ruleId);

/** One rule a detection, ids r0, r1, … */
const ruleFile = (detections: readonly string[]) =>
  detections.map((detection, index) => ruleText(detection).replace('id: t', `id: r${index}`)).join('---\n');

describe('the index', () => {
  const value = fc.constantFrom(
    'cmd',
    'CMD.exe',
    'powershell',
    'a*b',
    '?x',
    'é',
    'evil.exe',
    '',
    '*',
    'x',
    'long literal here',
  );
  const modifier = fc.constantFrom(
    '',
    '|contains',
    '|startswith',
    '|endswith',
    '|cased',
    '|contains|all',
    '|neq',
    '|re',
    '|windash',
  );
  const field = fc.constantFrom('A', 'B', 'C', '');
  const item = fc
    .tuple(field, modifier, fc.array(value, { minLength: 1, maxLength: 3 }))
    .map(([name, mod, values]) => {
      const texts = values.map((one) => (mod === '|re' ? one.replace(/[*?]/g, '.') : one));
      const good = name === '' ? texts.map((one) => one || 'k') : texts;
      const quoted = good.map((one) => `'${one}'`).join(', ');
      if (name === '') return `[${quoted}]`;
      return `{${name}${mod}: [${quoted}]}`;
    });
  const condition = fc.constantFrom(
    's1',
    'not s1',
    's1 and s2',
    's1 or s2',
    's1 and not s2',
    '1 of s*',
    'all of them',
    'not (s1 or s2)',
  );
  const detection = fc.tuple(item, item, condition).map(([a, b, c]) => `s1: ${a}\ns2: ${b}\ncondition: ${c}`);
  const content = fc.oneof(
    fc.constantFrom(
      'cmd',
      'C:\\cmd.exe',
      'powershell -x',
      'axxb',
      'yx',
      'É',
      'a long literal here',
      '',
      'evil.exe',
    ),
    fc.constant(null),
    fc.integer({ min: 0, max: 3 }),
    fc.constant(['cmd', 'evil.exe']),
  );
  const event = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'message'), content);

  test('finds what evaluating every rule finds', () => {
    fc.assert(
      fc.property(
        fc.array(detection, { minLength: 1, maxLength: 6 }),
        fc.array(event, { maxLength: 4 }),
        (detections, events) => {
          const rules = rulesOf(ruleFile(detections));
          const set = new RuleSet(rules);
          const slots = new Slots();
          const tests = set.rules.map((rule) => compileDetection(rule.detection, rule.logSource, slots).test);
          const view = new EventView(slots);
          for (const one of events) {
            const wanted = set.rules.filter((_, index) => {
              view.reset(one);
              return tests[index]?.(view) === true;
            });
            expect(set.match(one)).toEqual(wanted);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('an event leaves nothing behind for the next', () => {
    const set = new RuleSet(rulesOf(ruleText('sel:\n  A: x\n  B|contains: y\ncondition: sel')));
    const hits = [{ A: 'x', B: 'y' }, { A: 'x' }, { B: 'y' }, { A: ['z', 'x'], B: 'y' }, {}].map(
      (one) => set.match(one).length,
    );
    expect(hits).toEqual([1, 0, 0, 1, 0]);
  });
});

describe('conditions', () => {
  test.each([
    ['s1 or s2 and s3', [true, false, false, true]],
    ['(s1 or s2) and s3', [false, false, false, true]],
    ['not s1 and not s2', [false, false, true, false]],
    ['not not s1', [true, false, false, false]],
    ['1 of s*', [true, true, true, true]],
    ['NOT s1 AND s2', [false, true, false, true]],
    ['all of s* or _hidden', [false, false, false, false]],
    ['1 of them', [true, true, true, true]],
    ['any of s*1', [true, false, false, false]],
  ])('%s', (text, wanted) => {
    const detection = `s1: {A: 1}\ns2: {B: 1}\ns3: {C: 1}\n_hidden: {D: 1}\ncondition: ${text}`;
    expect(finds(detection, [{ A: 1 }, { B: 1 }, { C: 1 }, { B: 1, C: 1 }])).toEqual(wanted);
  });
  test('an underscore keeps an identifier out of them', () => {
    expect(finds('s1: {A: 1}\n_s2: {B: 1}\ncondition: 1 of them', [{ B: 1 }])).toEqual([false]);
    expect(finds('s1: {A: 1}\n_s2: {B: 1}\ncondition: 1 of _s*', [{ B: 1 }])).toEqual([true]);
  });
  test('keywords are looked for in every value, and nowhere in names', () => {
    const events = [
      { x: 'so EVIL!' },
      { evil: 'x' },
      { list: ['a', 'evil'] },
      { deep: { down: 'evil' } },
      { id: 'evil' },
      { n: 4625 },
    ];
    expect(finds("kw: ['evil', 4625]\ncondition: kw", events)).toEqual([
      true,
      false,
      true,
      true,
      false,
      true,
    ]);
    expect(finds("kw:\n  '|all': ['a', 'b']\ncondition: kw", [{ x: 'a', y: 'b' }, { x: 'a' }])).toEqual([
      true,
      false,
    ]);
    expect(finds("sel:\n  - 'evil'\n  - A: 1\ncondition: sel", [{ A: 1 }, { B: 'evil' }, { A: 2 }])).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('log sources', () => {
  const rule = (source: string) => ruleText('sel: {X|exists: false}\ncondition: sel', source);
  const sysmon1 = { Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 1 };
  test.each<[string, Record<string, unknown>, boolean]>([
    ['product: windows, category: process_creation', sysmon1, true],
    ['product: windows, category: process_creation', { ...sysmon1, EventID: 3 }, false],
    ['product: windows, category: process_creation', { Channel: 'Security', EventID: '4688' }, true],
    [
      'product: windows, category: process_creation',
      { winlog: { channel: 'Security', event_id: '4688' } },
      true,
    ],
    ['product: windows, service: sysmon', sysmon1, true],
    ['product: windows', { Channel: 'Whatever' }, true],
    ['category: process_creation', sysmon1, true],
    ['product: linux, category: process_creation', sysmon1, false],
    [
      'product: linux, category: process_creation',
      { 'event.module': 'auditd', 'event.category': ['process'], 'event.type': ['start'] },
      true,
    ],
    [
      'product: linux, service: sshd',
      { 'event.module': 'system', 'event.dataset': 'system.auth', 'process.name': 'sshd' },
      true,
    ],
    ['product: linux, service: auth', { 'event.module': 'system', 'event.dataset': 'system.auth' }, true],
    [
      'product: linux, service: sudo',
      { 'event.module': 'system', 'event.dataset': 'system.auth', 'process.name': 'sshd' },
      false,
    ],
    ['product: linux', { 'event.module': 'system', 'event.dataset': 'system.syslog' }, true],
    ['category: webserver', { 'event.module': 'nginx', 'event.dataset': 'nginx.access' }, true],
    ['category: firewall', { 'event.module': 'iptables', 'event.dataset': 'iptables.log' }, true],
    ['category: firewall', { 'event.module': 'nginx' }, false],
    ['product: aws, service: cloudtrail', { 'event.module': 'aws', 'event.dataset': 'aws.cloudtrail' }, true],
    [
      'product: windows, service: security',
      { 'event.module': 'system', 'event.dataset': 'system.security' },
      true,
    ],
    ['product: linux', { 'event.module': 'system', 'event.dataset': 'system.security' }, false],
    ['product: linux, service: vsftpd', { 'event.module': 'vsftpd', 'event.dataset': 'vsftpd.log' }, true],
    ['product: linux, service: cron', { 'event.module': 'system', 'process.name': 'CRON' }, true],
    ['product: zeek, service: dns', { 'event.module': 'zeek', 'event.dataset': 'zeek.dns' }, true],
    ['product: cisco, service: aaa', { 'event.module': 'cisco_ios', 'event.dataset': 'cisco_ios.log' }, true],
    ['product: fortigate, service: event', { 'event.module': 'fortinet_fortigate' }, true],
    ['product: okta, service: okta', { 'event.module': 'okta', 'event.dataset': 'okta.system' }, true],
    [
      'product: gcp, service: google_workspace.admin',
      { 'event.module': 'google_workspace', 'event.dataset': 'google_workspace.admin' },
      true,
    ],
    ['category: proxy', { 'event.module': 'squid' }, true],
    [
      'category: webserver',
      { 'event.module': 'squid', 'event.category': 'web', 'event.type': 'access' },
      false,
    ],
    ['product: myapp', { 'event.module': 'myapp' }, true],
    ['product: myapp, service: audit', { 'event.dataset': 'myapp.audit' }, true],
    ['product: myapp', { 'event.module': 'other' }, false],
    // Nothing is known of its origin: every rule is tried …
    ['product: windows, category: process_creation', { Image: 'x' }, true],
    ['category: test', {}, true],
  ])('%s sees %j: %s', (source, event, wanted) =>
    expect(matches(rule(source), event).length > 0).toBe(wanted),
  );

  test('… but for those of a known source that only say what must not be there', () => {
    const negation = 'sel: {X: 1}\ncondition: not sel';
    expect(matches(ruleText(negation, 'product: zeek, service: rdp'), { message: 'x' })).toEqual([]);
    expect(
      matches(ruleText(negation, 'product: zeek, service: rdp'), { 'event.dataset': 'zeek.rdp' }),
    ).toEqual(['t']);
    expect(matches(ruleText(negation, 'category: test'), { message: 'x' })).toEqual(['t']);
  });

  test('an endless choice of origins does not grow the memory of a rule set', () => {
    const set = new RuleSet(rulesOf(rule('product: windows')));
    for (let i = 0; i < 10_000; i++) expect(set.match({ Channel: 'x', EventID: i }).length).toBe(1);
  });
});

describe('fields', () => {
  const windows = (detection: string) => ruleText(detection, 'product: windows, category: process_creation');
  test.each<[string, Record<string, unknown>]>([
    [
      'flat, by Sigma’s names',
      { Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 1, Image: 'C:\\evil.exe' },
    ],
    ['Security 4688', { Channel: 'Security', EventID: 4688, NewProcessName: 'C:\\evil.exe' }],
    [
      'Winlogbeat',
      { winlog: { channel: 'Security', event_id: 4688, event_data: { NewProcessName: 'C:\\evil.exe' } } },
    ],
    [
      'ECS, dotted',
      { 'winlog.channel': 'Security', 'event.code': '4688', 'process.executable': 'C:\\evil.exe' },
    ],
    [
      'XML as JSON',
      {
        Event: {
          System: {
            Channel: 'Microsoft-Windows-Sysmon/Operational',
            EventID: { '#text': 1, '#attributes': { Qualifiers: 0 } },
          },
          EventData: { Image: 'C:\\evil.exe' },
        },
      },
    ],
  ])('%s', (_name, event) => {
    expect(matches(windows("sel:\n  Image|endswith: '\\evil.exe'\ncondition: sel"), event)).toEqual(['t']);
  });
  test('web fields under ECS names', () => {
    const text = ruleText(
      "sel:\n  cs-method: POST\n  sc-status: 200\n  c-uri|contains: '/shell.php'\ncondition: sel",
      'category: webserver',
    );
    const event = {
      'event.module': 'nginx',
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'url.original': '/up/shell.php?x=1',
    };
    expect(matches(text, event)).toEqual(['t']);
  });
  test('arguments of an audited command, each in its place', () => {
    const text = ruleText(
      "sel: {type: EXECVE, a0: chmod, a1|startswith: '7'}\ncondition: sel",
      'product: linux, service: auditd',
    );
    const event = (...args: string[]) => ({
      'event.module': 'auditd',
      'auditd.log.record_type': 'EXECVE',
      'process.args': args,
    });
    expect(matches(text, event('chmod', '777', '/x'))).toEqual(['t']);
    expect(matches(text, event('777', 'chmod'))).toEqual([]);
    expect(matches(text, event('chmod'))).toEqual([]);
  });
  test('a record that a decoder keeps below its name', () => {
    const text = ruleText("sel: {error.code: '403'}\ncondition: sel", 'product: aws, service: cloudtrail');
    expect(
      matches(text, { 'event.module': 'aws', 'event.dataset': 'aws.cloudtrail', 'aws.error.code': 403 }),
    ).toEqual(['t']);
  });
  test('nested, dotted and lists of objects', () => {
    const flat = flattenEvent({ a: { b: { c: 1 } }, 'x.y': 2, l: [{ n: 1 }, { n: 2 }, 'z'], t: ['p'] });
    expect(flat).toEqual({ 'a.b.c': 1, 'x.y': 2, 'l.n': [1, 2], l: 'z', t: ['p'] });
  });
  test('events made to hurt', () => {
    let deep: Record<string, unknown> = { A: 'x' };
    for (let i = 0; i < 5000; i++) deep = { d: deep };
    expect(matches(ruleText('sel: {A: x}\ncondition: sel'), { ...deep, A: 'x' })).toEqual(['t']);
    const hostile: unknown = JSON.parse(
      '{"__proto__": {"A": "x"}, "n": {"__proto__": {"A": "x"}, "constructor": 1}}',
    );
    expect(matches(ruleText('sel: {A: x}\ncondition: sel'), Object(hostile))).toEqual([]);
    expect(matches(ruleText("sel: {toString|contains: 'native'}\ncondition: sel"), {})).toEqual([]);
    for (const name of ['toString', '__proto__', 'constructor'])
      expect(matches(ruleText(`sel: {${name}|exists: true}\ncondition: sel`), {})).toEqual([]);
  });
});

describe('filters', () => {
  const rule = ruleText('sel: {A: 1}\ncondition: sel', 'product: windows, category: process_creation');
  const filter = (
    condition: string,
    source = 'product: windows, category: process_creation',
    rules = '[t]',
  ) =>
    `---\ntitle: f\nlogsource: {${source}}\nfilter:\n  rules: ${rules}\n  selection: {User|startswith: adm_}\n  condition: ${condition}\n`;
  const admin = { A: 1, User: 'adm_x' };
  const other = { A: 1, User: 'joe' };
  test.each([
    ['names what is suppressed, as in the specification', filter('selection'), [[], ['t']]],
    ['names what remains, as in pySigma', filter('not selection'), [[], ['t']]],
    ['of a wider log source', filter('selection', 'product: windows'), [[], ['t']]],
    ['of another log source', filter('selection', 'product: linux'), [['t'], ['t']]],
    ['for any rule', filter('selection', 'product: windows', 'any'), [[], ['t']]],
    ['for another rule', filter('selection', 'product: windows', '[u]'), [['t'], ['t']]],
  ])('%s', (_name, text, wanted) => {
    expect([admin, other].map((event) => matches(rule + text, event))).toEqual(wanted);
  });
});
