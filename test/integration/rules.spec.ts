import type { RuleDetail, RuleImport, RuleTest } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { problemOf, startApi, type ApiServer } from './support/api-server.js';

let api: ApiServer;
let acme: Awaited<ReturnType<ApiServer['customer']>>;
let beta: Awaited<ReturnType<ApiServer['customer']>>;
let managed: RuleDetail;

const asAdmin = async <T>(method: string, path: string, body?: object) => {
  const answer = await api.call(method, path, { token: acme.members.admin.token, body });
  return { ...answer, body: answer.body as T };
};
interface Page {
  items: RuleDetail[];
  nextCursor: string | null;
  total: number;
}
const list = async (query = '') => (await asAdmin<Page>('GET', `/rules?limit=500${query}`)).body;
const created = async (yaml: string) =>
  (await asAdmin<{ items: RuleDetail[] }>('POST', '/rules', { yaml })).body.items;
const audit = (action: string, target: string) =>
  api.database.sql<{ actor: string; details: Record<string, unknown> }>(
    'select actor, details from audit_log where action = $1 and target = $2',
    [action, target],
  );
const versionOf = async () => {
  const [row] = await api.database.sql<{ version: string }>(
    `select version from config_versions where kind = 'rules'`,
  );
  return Number(row?.version);
};

const rule = (title: string, more = '') =>
  `title: ${title}\n${more}logsource: {product: linux, service: sshd}\ndetection: {s: {user.name: eve}, condition: s}\n`;
const MANY = (reference: string, more = '') =>
  `title: Many of ${reference}\n${more}level: high\ncorrelation: {type: event_count, rules: [${reference}], group-by: [source.ip], timespan: 5m, condition: {gte: 3}}\n`;

beforeAll(async () => {
  api = await startApi();
  acme = await api.customer('acme');
  beta = await api.customer('beta');
  const { items } = await list('&origin=managed&kind=correlation');
  const [first] = items;
  if (first === undefined) throw new Error('no managed correlations');
  managed = (await asAdmin<RuleDetail>('GET', `/rules/${first.id}`)).body;
});
afterAll(() => api?.stop());

describe('own rules', () => {
  it('are made with every document of a text, are in the audit log, and move the processor’s version', async () => {
    const version = await versionOf();
    const text = `# two\n${rule('First', 'id: aaaaaaaa-0000-4000-8000-000000000001\nname: first\nlevel: low\ntags: [attack.t1110]\n')}---\n${MANY('first')}`;
    const [first, second, ...none] = await created(text);
    expect(none).toEqual([]);
    expect(first).toMatchObject({
      sigmaId: 'aaaaaaaa-0000-4000-8000-000000000001',
      origin: 'own',
      kind: 'detection',
      level: 'low',
      enabled: true,
      alerts: false,
      version: 1,
      techniques: [{ id: 'T1110', name: 'Brute Force' }],
      logSource: { product: 'linux', service: 'sshd', category: null },
      health: { matches24h: 0, lastMatchAt: null },
    });
    expect(second).toMatchObject({
      kind: 'correlation',
      alerts: true,
      threshold: 3,
      timespanSeconds: 300,
      sigmaId: second?.id,
    });
    expect(await audit('rule.created', first?.id ?? '')).toMatchObject([
      { actor: 'admin@acme.test', details: { title: 'First' } },
    ]);
    expect(await versionOf()).toBeGreaterThan(version);
    const others = await api.call('GET', '/rules?limit=500&origin=own', { token: beta.members.admin.token });
    expect(others.body).toMatchObject({ items: [], total: 0 });
  });

  it('that can’t be used are refused with line and column, all or none', async () => {
    const before = (await list()).total;
    const text = `${rule('Good')}---\n\ntitle: Bad\nlogsource: {service: x}\ndetection:\n  s: {a|nosuch: b}\n  condition: s\n---\n${MANY('nobody')}`;
    const refused = await asAdmin('POST', '/rules', { yaml: text });
    expect(refused.status).toBe(400);
    const { errors, code } = problemOf(refused);
    expect(code).toBe('validation_failed');
    expect(errors).toMatchObject([
      { path: 'body.yaml', line: 9, column: expect.any(Number), message: expect.stringContaining('nosuch') },
      { path: 'body.yaml', line: 14, message: 'there is no rule with the id or name “nobody”' },
    ]);
    expect((await list()).total).toBe(before);
    for (const yaml of ['# nothing\n', 'a: [', `${rule('x', `id: ${managed.id}\n`)}`, 'title: y\n', '- a\n'])
      expect((await asAdmin('POST', '/rules', { yaml })).status).toBe(400);
    const twice = rule('x', 'id: aaaaaaaa-0000-4000-8000-000000000009\n');
    expect((await asAdmin('POST', '/rules', { yaml: twice })).status).toBe(201);
    expect(problemOf(await asAdmin('POST', '/rules', { yaml: twice })).code).toBe('conflict');
  });

  it('get new versions, which can be restored', async () => {
    const [made] = await created(rule('Versioned'));
    const path = `/rules/${made?.id ?? ''}`;
    const replaced = await asAdmin<RuleDetail>('PUT', path, {
      yaml: rule('Second text', 'level: critical\n'),
    });
    expect(replaced.body).toMatchObject({
      title: 'Second text',
      version: 2,
      level: 'critical',
      alerts: true,
    });
    const bad = await asAdmin('PUT', path, { yaml: 'title: x\n' });
    expect(problemOf(bad).errors?.[0]).toMatchObject({ path: 'body.yaml', line: 1 });
    const restored = await asAdmin<RuleDetail>('POST', `${path}/restore`, { version: 1 });
    expect(restored.body).toMatchObject({ title: 'Versioned', version: 3, level: null });
    expect((await asAdmin('POST', `${path}/restore`, { version: 9 })).status).toBe(404);
    const { body } = await asAdmin<{ items: { version: number; title: string; actor: string }[] }>(
      'GET',
      `${path}/versions`,
    );
    expect(body.items).toMatchObject([
      { version: 3, title: 'Versioned' },
      { version: 2, title: 'Second text', actor: 'admin@acme.test' },
      { version: 1, title: 'Versioned' },
    ]);
  });

  it('that others refer to are neither removed nor renamed', async () => {
    const [base, many] = await created(`${rule('Base', 'name: base_rule\n')}---\n${MANY('base_rule')}`);
    const path = `/rules/${base?.id ?? ''}`;
    expect(base?.alerts).toBe(false);
    expect(problemOf(await asAdmin('DELETE', path)).code).toBe('conflict');
    expect(problemOf(await asAdmin('PUT', path, { yaml: rule('Base', 'name: other\n') })).code).toBe(
      'conflict',
    );
    expect((await asAdmin('PUT', path, { yaml: rule('Base again', 'name: base_rule\n') })).status).toBe(200);
    expect((await asAdmin('DELETE', `/rules/${many?.id ?? ''}`)).status).toBe(204);
    expect((await asAdmin('DELETE', path)).status).toBe(204);
    expect((await asAdmin('GET', path)).status).toBe(404);
    expect(await audit('rule.deleted', base?.id ?? '')).toHaveLength(1);
  });
});

describe('what a tenant chooses', () => {
  it('holds for managed rules too, and for that tenant alone', async () => {
    const path = `/rules/${managed.id}`;
    const changed = await asAdmin<RuleDetail>('PATCH', path, {
      enabled: false,
      overrides: { level: 'low', threshold: 77, timespanSeconds: 120 },
    });
    expect(changed.body).toMatchObject({
      origin: 'managed',
      enabled: false,
      level: 'low',
      alerts: false,
      overrides: { level: 'low', threshold: 77, timespanSeconds: 120 },
      threshold: managed.threshold,
    });
    expect((await asAdmin<RuleDetail>('PATCH', path, { enabled: true })).body.overrides.threshold).toBe(77);
    const foreign = await api.call('GET', path, { token: beta.members.viewer.token });
    expect(foreign.body).toMatchObject({ enabled: managed.enabled, overrides: { threshold: null } });
    const reset = await asAdmin<RuleDetail>('PATCH', path, { overrides: {} });
    expect(reset.body).toMatchObject({ level: managed.level, overrides: { level: null } });
    expect(await audit('rule.configured', managed.id)).toHaveLength(3);
  });

  it('is refused where the rule has no use for it', async () => {
    const [made] = await created(rule('Single'));
    const path = `/rules/${made?.id ?? ''}`;
    const refused = await asAdmin('PATCH', path, { overrides: { threshold: 5 } });
    expect(problemOf(refused).errors).toMatchObject([{ path: 'body.overrides.threshold' }]);
    expect((await asAdmin('PATCH', path, {})).status).toBe(400);
    expect((await asAdmin('PATCH', path, { overrides: { level: 'awful' } })).status).toBe(400);
    expect((await asAdmin('PATCH', `/rules/${newId()}`, { enabled: false })).status).toBe(404);
  });

  it('never changes a managed rule’s text', async () => {
    const path = `/rules/${managed.id}`;
    expect(problemOf(await asAdmin('PUT', path, { yaml: rule('x') })).code).toBe('conflict');
    expect(problemOf(await asAdmin('DELETE', path)).code).toBe('conflict');
    expect((await asAdmin('GET', `${path}/versions`)).body).toEqual({ items: [] });
    expect(managed.yaml).toMatch(/^title: /);
  });
});

describe('the list', () => {
  it('filters and pages', async () => {
    const all = await list();
    expect(all.items).toHaveLength(all.total);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await asAdmin<Page>('GET', `/rules?limit=40${cursor}`);
      seen.push(...body.items.map(({ id }) => id));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(all.items.map(({ id }) => id));
    expect((await list('&origin=own')).items.every(({ origin }) => origin === 'own')).toBe(true);
    expect(
      (await list('&level=high,critical')).items.every(
        ({ level }) => level === 'high' || level === 'critical',
      ),
    ).toBe(true);
    await asAdmin('PATCH', `/rules/${managed.id}`, { enabled: false });
    expect((await list('&enabled=false')).items.map(({ id }) => id)).toContain(managed.id);
    expect((await list(`&q=${encodeURIComponent(managed.title.toUpperCase())}`)).items[0]?.id).toBe(
      managed.id,
    );
    expect((await asAdmin('GET', '/rules?cursor=nonsense')).status).toBe(400);
  });

  it('shows what rules found, cost and failed at', async () => {
    const [made] = await created(rule('Healthy'));
    const id = made?.id ?? '';
    await api.database.sql(
      `insert into rule_stats (tenant_id, rule_id, hour, matches, errors, evaluations, evaluation_us, last_match_at, last_error) values
       ($1, $2, date_trunc('hour', now()), 5, 0, 10, 25, '2026-03-03T04:05:06Z', null),
       ($1, $2, date_trunc('hour', now() - interval '3 days'), 7, 2, 0, 0, null, 'boom'),
       ($1, $2, date_trunc('hour', now() - interval '20 days'), 11, 1, 0, 0, null, 'old')`,
      [acme.id, id],
    );
    expect((await asAdmin<RuleDetail>('GET', `/rules/${id}`)).body.health).toEqual({
      lastMatchAt: '2026-03-03T04:05:06.000Z',
      matches24h: 5,
      matches7d: 12,
      errors7d: 2,
      lastError: 'boom',
      microseconds: 2.5,
    });
  });
});

describe('a try', () => {
  const test = async (body: object) => (await asAdmin<RuleTest>('POST', '/rules/test', body)).body;
  const line = (second: number) =>
    `<38>2026-03-03T04:05:0${second}Z bastion sshd[9]: Failed password for eve from 192.0.2.7 port 4000${second} ssh2`;

  it('matches events and lines, correlations at the event that completes them, and stores nothing', async () => {
    const rules = `${rule('Eve', 'id: eve\nname: eve_login\nlevel: high\n')}---\n${MANY('eve_login', 'id: many\n')}`;
    const lines = [0, 1, 2].map(line);
    expect(await test({ rules, lines })).toEqual({
      ok: true,
      problems: [],
      matches: [
        {
          ruleId: 'many',
          title: 'Many of eve_login',
          level: 'high',
          event: 2,
          group: { 'source.ip': '192.0.2.7' },
        },
      ],
    });
    const events = [
      { process: { name: 'sshd' }, user: { name: 'bob' } },
      { 'process.name': 'sshd', 'user.name': 'eve' },
    ];
    const single = await test({ rules: rule('Eve', 'id: eve\n'), events, lines: [line(0)] });
    expect(single.matches.map(({ event }) => event)).toEqual([1, 2]);
    expect((await list('&q=eve_login')).total).toBe(0);
  });

  it('may refer to managed and own rules', async () => {
    const { matches, problems } = await test({ rules: MANY(managed.id), lines: [line(0)] });
    expect([matches, problems]).toEqual([[], []]);
  });

  it('tells what is wrong, and refuses what is too large', async () => {
    expect(
      await test({ rules: 'title: x\nlogsource: {service: s}\ndetection: {condition: s}\n', events: [] }),
    ).toMatchObject({
      ok: false,
      problems: [{ line: 3, message: expect.any(String) }],
    });
    const large = await asAdmin('POST', '/rules/test', {
      rules: rule('x'),
      events: [{ a: 'x'.repeat(70_000) }],
    });
    expect(problemOf(large).errors).toMatchObject([{ path: 'body.events.0' }]);
  });
});

describe('an import', () => {
  it('stores what can be used, tells of the rest, and knows rules again', async () => {
    const id = (n: number) => `id: bbbbbbbb-0000-4000-8000-00000000000${n}\n`;
    const files = [
      { path: 'a.yml', text: rule('Imported', `${id(1)}name: imported_base\n`) },
      { path: 'b.yml', text: rule('Bad').replace('user.name', 'user.name|base64offset|cidr') },
      { path: 'c/many.yml', text: MANY('imported_base', id(2)) },
      { path: 'd.yml', text: rule('Unmapped', id(3)).replace('user.name', 'FancyField') },
      { path: 'e.yml', text: rule('Double', id(1)) },
      { path: 'f.yml', text: '\n# nothing\n' },
    ];
    const first = await asAdmin<RuleImport>('POST', '/rules/import', { files, enabled: false });
    expect(first.body).toMatchObject({
      loaded: 3,
      updated: 0,
      unchanged: 0,
      unmapped: [{ field: 'FancyField', rules: 1 }],
    });
    expect(first.body.refused.map(({ path }) => path).sort()).toEqual(['b.yml', 'e.yml', 'f.yml']);
    const { items } = await list('&origin=import');
    expect(items.map(({ title, enabled }) => [title, enabled])).toEqual([
      ['Imported', false],
      ['Many of imported_base', false],
      ['Unmapped', false],
    ]);
    const [a, , c] = files;
    const again = await asAdmin<RuleImport>('POST', '/rules/import', {
      files: [{ path: 'a.yml', text: a?.text.replace('eve', 'bob') }, c],
    });
    expect(again.body).toMatchObject({ loaded: 0, updated: 1, unchanged: 1, refused: [] });
    expect((await list('&q=imported')).items[0]).toMatchObject({ version: 2, enabled: false });
  });
});
