import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { runCli } from '../run-cli.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parapet-rules-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function run(args: string[], input = '') {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err') =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString();
        done();
      },
    });
  const io = { stdin: Readable.from([Buffer.from(input)]), stdout: sink('out'), stderr: sink('err') };
  const code = await runCli(['rules', ...args], io);
  const lines = written.out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
  return { code, lines, err: written.err };
}

const FAILED = `title: Failed login
id: failed-id
name: failed
logsource: {product: linux, service: sshd}
detection:
  sel: {event.action: ssh_login, event.outcome: failure}
  condition: sel
`;
const BRUTE_FORCE = `title: Brute force
id: brute-force-id
correlation:
  type: event_count
  rules: [failed]
  group-by: [source.ip]
  timespan: 5m
  condition: {gte: 5}
`;
const ROOT = FAILED.replace('failed-id', 'root-id')
  .replace('name: failed\n', '')
  .replace('failure}', 'failure, user.name: root}');
const attempt = (second: number, ip: string, user = 'joe') =>
  JSON.stringify({
    '@timestamp': new Date(Date.UTC(2026, 2, 3, 1, 0, second)).toISOString(),
    event: { module: 'system', dataset: 'system.auth', action: 'ssh_login', outcome: 'failure' },
    'process.name': 'sshd',
    source: { ip },
    user: { name: user },
  });

describe('rules check', () => {
  test('one line a rule, and 1 when one is refused', async () => {
    await put('good/a.yml', FAILED);
    await put('good/deeper/b.yaml', ROOT);
    await put('good/a.test.yaml', 'no rule');
    await put('good/readme.txt', 'no rule');
    const good = await run(['check', join(folder, 'good')]);
    expect(good.code).toBe(0);
    expect(good.lines).toEqual([
      { path: join(folder, 'good/a.yml'), ruleId: 'failed-id', ok: true, errors: [] },
      { path: join(folder, 'good/deeper/b.yaml'), ruleId: 'root-id', ok: true, errors: [] },
    ]);
    const path = await put('bad.yml', FAILED.replace('condition: sel', 'condition: nobody'));
    const bad = await run(['check', path]);
    expect(bad.code).toBe(1);
    expect(bad.lines).toEqual([
      {
        path,
        ruleId: 'failed-id',
        ok: false,
        errors: [{ line: 7, column: 14, message: expect.stringContaining('“nobody”') }],
      },
    ]);
  });
  test('placeholders come from a file', async () => {
    const path = await put(
      'a.yml',
      FAILED.replace('event.outcome: failure', "user.name|expand: '%Administrators%'"),
    );
    expect((await run(['check', path])).code).toBe(1);
    const values = await put('values.yml', 'Administrators: [root, 4711]\n');
    expect((await run(['check', path, '--placeholders', values])).code).toBe(0);
  });
  test('nothing to check is a mistake, not a success', async () => {
    expect(await run(['check', folder])).toMatchObject({ code: 2, lines: [] });
    expect(await run(['check'])).toMatchObject({ code: 2 });
    expect(await run(['check', join(folder, 'nowhere')])).toMatchObject({ code: 1, lines: [] });
    expect(await run(['burn'])).toMatchObject({ code: 2 });
  });
});

describe('rules match', () => {
  const events = [
    attempt(0, '1.1.1.1'),
    attempt(1, '2.2.2.2', 'root'),
    ...[2, 3, 5, 4].map((second) => attempt(second, '1.1.1.1')),
    attempt(6, '2.2.2.2'),
  ];
  const expected = [
    { ruleId: 'root-id', event: 1 },
    // In order of their own time the fifth attempt is that of second 5.
    { ruleId: 'brute-force-id', event: 4, group: { 'source.ip': '1.1.1.1' } },
  ];
  test('single events and correlations, from a file, a packed file or standard input', async () => {
    await put('rules/a.yml', `${FAILED}---\n${BRUTE_FORCE}`);
    await put('rules/b.yml', ROOT);
    const rules = join(folder, 'rules');
    const text = `${events.join('\n')}\n\n`;
    const plain = await run(['match', '--rules', rules, '--events', await put('e.ndjson', text)]);
    expect(plain).toMatchObject({ code: 0, err: '' });
    expect(plain.lines).toEqual(expected);
    const packed = await run([
      'match',
      '--rules',
      rules,
      '--events',
      await put('e.ndjson.gz', gzipSync(text)),
    ]);
    expect(packed.lines).toEqual(expected);
    expect((await run(['match', '--rules', rules], text)).lines).toEqual(expected);
  });
  test('what can’t be read is told, the rest is matched', async () => {
    const rules = await put('a.yml', `${ROOT}---\n${BRUTE_FORCE}`);
    const { code, lines, err } = await run(
      ['match', '--rules', rules],
      `nonsense\n[1]\n${attempt(1, '2.2.2.2', 'root')}\n`,
    );
    expect(code).toBe(1);
    expect(lines).toEqual([{ ruleId: 'root-id', event: 2 }]);
    expect(err).toContain('event 0 is no JSON object');
    expect(err).toContain('event 1 is no JSON object');
    expect(err).toMatch(
      /a\.yml:12:11: “Brute force” is left out: there is no rule with the id or name “failed”/,
    );
  });
  test('events without a time are not correlated, and it is said', async () => {
    const rules = await put('a.yml', `${FAILED}---\n${BRUTE_FORCE}`);
    const timeless = events.map((event) => event.replace('@timestamp', 'when')).join('\n');
    const { lines, err } = await run(['match', '--rules', rules], timeless);
    expect(lines).toEqual([]);
    expect(err).toContain('7 events without a time');
  });
  test('tenants are correlated apart', async () => {
    const rules = await put('a.yml', `${FAILED}---\n${BRUTE_FORCE}`);
    const mixed = [0, 1, 2, 3, 4, 5].map((second) =>
      attempt(second, '1.1.1.1').replace('{', `{"tenantId":"${second % 2}",`),
    );
    expect((await run(['match', '--rules', rules], mixed.join('\n'))).lines).toEqual([]);
  });
  test('no rules, no events file: told', async () => {
    const rules = await put('a.yml', FAILED);
    expect(await run(['match'])).toMatchObject({ code: 2 });
    expect(await run(['match', '--rules', rules, '--events', join(folder, 'none')])).toMatchObject({
      code: 1,
    });
    expect(await run(['match', '--rules', rules, '--events', join(folder, 'none.gz')])).toMatchObject({
      code: 1,
    });
    expect(await run(['match', '--rules', await put('b.yml', 'x: 1')])).toMatchObject({ code: 2 });
  });
});

describe('rules test', () => {
  const line = 'Failed password for root from 1.1.1.1 port 40000 ssh2';
  const good = `match:
  - {line: '${line}', type: sshd}
  - {event.module: system, event.dataset: system.auth, process.name: sshd, event.action: ssh_login, event.outcome: failure, user.name: root}
no_match:
  - {line: '${line.replace('root', 'joe')}', type: sshd}
`;
  test('lines and events beside the rule', async () => {
    const path = await put('a.yml', ROOT);
    await put('a.test.yaml', good);
    const { code, lines } = await run(['test', '--strict', folder]);
    expect(lines).toEqual([{ path, ruleId: 'root-id', ok: true, tests: 3, failures: [] }]);
    expect(code).toBe(0);
  });
  test('what fails is named', async () => {
    await put('a.yml', ROOT);
    await put('a.test.yml', good.replace('no_match', 'x').replace('match', 'no_match').replace('x', 'match'));
    const { code, lines } = await run(['test', folder]);
    expect(code).toBe(1);
    expect(lines[0]?.['failures']).toEqual([
      'match[0] is not found',
      'no_match[0] is found',
      'no_match[1] is found',
    ]);
  });
  test('strict asks for both kinds of event', async () => {
    await put('a.yml', ROOT);
    expect((await run(['test', folder])).code).toBe(0);
    const { code, lines } = await run(['test', '--strict', folder]);
    expect(code).toBe(1);
    expect(lines[0]?.['failures']).toEqual([
      'no event that it must match',
      'no event that it must not match',
    ]);
  });
  test('sequences try correlations', async () => {
    await put('a.yml', `${FAILED}---\n${BRUTE_FORCE}`);
    const sequence = (times: number, groups: string) =>
      `  - name: ${times} in a row\n    events: [{times: ${times}, every: 10s, event: {line: '${line}', type: sshd}}]\n    groups: ${groups}\n`;
    await put('a.test.yaml', `sequences:\n${sequence(5, '[{source.ip: 1.1.1.1}]')}${sequence(4, '[]')}`);
    expect((await run(['test', '--strict', folder])).lines).toEqual([
      expect.objectContaining({ ruleId: 'brute-force-id', ok: true, tests: 2 }),
    ]);
    await put('a.test.yaml', `sequences:\n${sequence(4, '[{source.ip: 1.1.1.1}]')}${sequence(5, '[]')}`);
    const { code, lines } = await run(['test', folder]);
    expect(code).toBe(1);
    expect(lines[0]?.['failures']).toEqual([
      '4 in a row: not found for [["source.ip","1.1.1.1"]]',
      '5 in a row: found for [["source.ip","1.1.1.1"]]',
    ]);
  });
  test.each([
    ['a file that is no test', 'match: 5', "can't be read"],
    ['a test for nobody', 'rule: nobody\nmatch: [{a: 1}]', 'there is no such rule'],
    [
      'sequences for a rule',
      'sequences: [{name: n, events: [], groups: []}]',
      'sequences are for correlations',
    ],
    ['an empty test', 'rule: root-id', 'no events'],
  ])('%s fails', async (_name, text, reason) => {
    await put('a.yml', ROOT);
    await put('a.test.yaml', text);
    const { code, lines } = await run(['test', folder]);
    expect(code).toBe(1);
    expect(JSON.stringify(lines)).toContain(reason);
  });
});
