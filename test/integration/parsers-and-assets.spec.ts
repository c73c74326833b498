import type { Asset, AssetImport, Parser, ParserTest } from '@parapet/contracts';
import { aSource } from '@parapet/testing';
import { problemOf, startApi, type ApiServer } from './support/api-server.js';

let api: ApiServer;
let acme: Awaited<ReturnType<ApiServer['customer']>>;
let beta: Awaited<ReturnType<ApiServer['customer']>>;

beforeAll(async () => {
  api = await startApi();
  acme = await api.customer('acme');
  beta = await api.customer('beta');
});
afterAll(() => api?.stop());

const asAdmin = async <T>(method: string, path: string, body?: object) => {
  const answer = await api.call(method, path, { token: acme.members.admin.token, body });
  return { ...answer, body: answer.body as T };
};
const audit = (action: string, target: string) =>
  api.database.sql<{ actor: string; details: Record<string, unknown> }>(
    'select actor, details from audit_log where action = $1 and target = $2',
    [action, target],
  );
const versionOf = async (kind: string) => {
  const [row] = await api.database.sql<{ version: string }>(
    'select version from config_versions where kind = $1',
    [kind],
  );
  return Number(row?.version);
};

const GATE = {
  name: 'gate',
  kind: 'grok',
  patterns: ['^%{WORD:event.action} %{IP:source.ip} as %{USER:who}$'],
  fields: { who: 'user.name' },
  constants: { 'event.category': 'network', 'event.outcome': 'failure' },
  programs: ['gated'],
};

describe('a parser', () => {
  let made: Parser;

  it('is made, is in the audit log, and moves the ingestor’s version', async () => {
    const version = await versionOf('routing');
    const answer = await asAdmin<Parser>('POST', '/parsers', GATE);
    made = answer.body;
    expect(answer.status).toBe(201);
    expect(made).toMatchObject({ ...GATE, enabled: true, samples: [], usedBy: 0 });
    expect(await audit('parser.created', made.id)).toMatchObject([
      { actor: 'admin@acme.test', details: { name: 'gate' } },
    ]);
    expect(await versionOf('routing')).toBeGreaterThan(version);
  });

  it('reads lines of its program and of a source’s type, for its tenant only', async () => {
    const line = '<34>Oct 11 22:14:15 gw gated: deny 192.0.2.9 as eve';
    const parse = async (token: string, sourceType?: string) => {
      const body = { lines: [line, 'deny 192.0.2.8 as bob'], ...(sourceType && { sourceType }) };
      return api.call('POST', '/logs/parse', { token, body });
    };
    const { viewer } = acme.members;
    expect((await parse(viewer.token)).body).toMatchObject({
      items: [
        {
          'source.ip': '192.0.2.9',
          'user.name': 'eve',
          'event.category': 'network',
          'labels.decoder': 'gate',
        },
        { 'labels.decoder': 'generic' },
      ],
    });
    expect((await parse(viewer.token, 'gate')).body).toMatchObject({
      items: [{ 'user.name': 'eve' }, { 'user.name': 'bob', 'event.original': 'deny 192.0.2.8 as bob' }],
    });
    const others = await parse(beta.members.viewer.token);
    expect(others.body).toMatchObject({ items: [{ 'labels.decoder': 'generic' }, {}] });
    expect(problemOf(await parse(beta.members.viewer.token, 'gate')).errors).toMatchObject([
      { path: 'body.sourceType' },
    ]);
    expect(await api.database.sql('select 1 from events')).toEqual([]);
  });

  it('is a source’s type; a type that is neither is refused', async () => {
    const source = { name: 'gateway', cidr: '10.9.0.0/24', type: 'gate' };
    expect((await asAdmin('POST', '/sources', source)).status).toBe(201);
    const refused = await asAdmin('POST', '/sources', { ...source, cidr: '10.9.1.0/24', type: 'gatte' });
    expect(problemOf(refused)).toMatchObject({ status: 400, errors: [{ path: 'body.type' }] });
    const token = beta.members.admin.token;
    const foreign = await api.call('POST', '/sources', { token, body: { ...source, cidr: '10.8.0.0/24' } });
    expect(foreign.status).toBe(400);
    const builtin = await asAdmin('POST', '/sources', { ...source, cidr: '10.9.2.0/24', type: 'sshd' });
    expect(builtin.status).toBe(201);
  });

  it('is renamed with what uses it, and not removed while it is used', async () => {
    expect(problemOf(await asAdmin('DELETE', `/parsers/${made.id}`)).code).toBe('conflict');
    const renamed = await asAdmin<Parser>('PATCH', `/parsers/${made.id}`, { name: 'gate2' });
    expect(renamed.body).toMatchObject({ name: 'gate2', usedBy: 1 });
    await api.database.sql(`delete from sources where type = 'gate2'`);
    expect((await asAdmin('DELETE', `/parsers/${made.id}`)).status).toBe(204);
    expect((await asAdmin('GET', `/parsers/${made.id}`)).status).toBe(404);
    expect(await audit('parser.deleted', made.id)).toHaveLength(1);
  });

  it('of a taken or reserved name, or that is not right, is refused with its place', async () => {
    const body = { ...GATE, name: 'twice' };
    expect((await asAdmin('POST', '/parsers', body)).status).toBe(201);
    expect(problemOf(await asAdmin('POST', '/parsers', body)).code).toBe('conflict');
    expect((await api.call('POST', '/parsers', { token: beta.members.admin.token, body })).status).toBe(201);
    expect(problemOf(await asAdmin('POST', '/parsers', { ...GATE, name: 'sshd' })).errors).toMatchObject([
      { path: 'body.name' },
    ]);
    const wrong = { ...GATE, name: 'wrong', patterns: ['ok', 'a(?=b)'], fields: {} };
    expect(problemOf(await asAdmin('POST', '/parsers', wrong)).errors).toEqual([
      { path: 'body.patterns.1', message: expect.stringMatching(/^at character 2: look-ahead/) },
    ]);
    expect(
      (await asAdmin('POST', '/parsers', { ...GATE, name: 'long', patterns: ['a'.repeat(1001)] })).status,
    ).toBe(400);
  });

  it('is tried on lines without being stored', async () => {
    const lines = ['deny 192.0.2.9 as eve', 'something else'];
    const { body } = await asAdmin<ParserTest>('POST', '/parsers/test', {
      kind: 'grok',
      patterns: GATE.patterns,
      fields: GATE.fields,
      lines,
    });
    expect(body).toMatchObject({
      ok: true,
      problems: [],
      results: [
        { matched: true, reason: null, fields: { 'source.ip': '192.0.2.9', 'user.name': 'eve' } },
        { matched: false, reason: 'nothing of the definition fits the line' },
      ],
    });
    const bad = await asAdmin<ParserTest>('POST', '/parsers/test', {
      kind: 'grok',
      patterns: ['x%{IPP:a}'],
      lines,
    });
    expect(bad.body).toEqual({
      ok: false,
      problems: [{ path: 'patterns.0', offset: 1, message: 'there is no pattern IPP; did you mean IP?' }],
      results: [],
    });
  });

  it('R40 a pattern made to be slow, on lines made for it, ends soon', async () => {
    const patterns = Array.from({ length: 20 }, (_, n) => `${'(?:.*)*'.repeat(40)}${n}$`);
    const begin = performance.now();
    const { body } = await asAdmin<ParserTest>('POST', '/parsers/test', {
      kind: 'regex',
      patterns,
      lines: Array.from({ length: 12 }, () => 'a '.repeat(30_000)),
    });
    expect(body.results.at(-1)).toMatchObject({ matched: false });
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it('the built-in decoders are told', async () => {
    const { body } = await asAdmin('GET', '/parsers/builtin');
    expect(body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ name: 'sshd', programs: expect.arrayContaining(['sshd']) }),
      ]),
      grokPatterns: expect.arrayContaining([expect.objectContaining({ name: 'COMBINEDAPACHELOG' })]),
    });
  });
});

describe('/logs/parse', () => {
  it('takes 1,000 lines and no more, and lines of 64 KiB', async () => {
    const lines = Array.from({ length: 1000 }, (_, n) => `<13>Oct 11 22:14:15 h p: ${n}`);
    expect((await asAdmin<{ items: unknown[] }>('POST', '/logs/parse', { lines })).body.items).toHaveLength(
      1000,
    );
    expect((await asAdmin('POST', '/logs/parse', { lines: [...lines, 'x'] })).status).toBe(400);
    expect((await asAdmin('POST', '/logs/parse', { lines: ['x'.repeat(65_536)] })).status).toBe(200);
    expect((await asAdmin('POST', '/logs/parse', { lines: ['x'.repeat(65_537)] })).status).toBe(400);
    const large = Array.from({ length: 40 }, () => 'x'.repeat(50_000));
    expect((await asAdmin('POST', '/logs/parse', { lines: large })).status).toBe(200);
    const body = { lines: Array.from({ length: 90 }, () => 'x'.repeat(50_000)) };
    expect((await asAdmin('POST', '/logs/parse', body)).status).toBe(413);
  });
});

describe('assets', () => {
  const importCsv = (text: string, type = 'text/csv') =>
    api.call('POST', '/assets/import', {
      token: acme.members.analyst.token,
      body: text,
      headers: { 'content-type': type },
    });

  it('are made in canonical form, changed, found and removed', async () => {
    const version = await versionOf('assets');
    const made = await asAdmin<Asset>('POST', '/assets', {
      kind: 'address',
      value: '10.0.1.77/24',
      name: 'Office',
      criticality: 'high',
    });
    expect(made).toMatchObject({ status: 201, body: { value: '10.0.1.0/24', criticality: 'high' } });
    expect(await versionOf('assets')).toBeGreaterThan(version);
    const again = await asAdmin('POST', '/assets', { kind: 'address', value: '10.0.1.0/24', name: 'x' });
    expect(problemOf(again).code).toBe('conflict');
    const path = `/assets/${made.body.id}`;
    expect((await asAdmin<Asset>('PATCH', path, { kind: 'host', value: 'WEB-1.' })).body).toMatchObject({
      kind: 'host',
      value: 'web-1',
      name: 'Office',
    });
    expect((await asAdmin('PATCH', path, { kind: 'address' })).status).toBe(400);
    expect(
      (await asAdmin<{ items: Asset[] }>('GET', '/assets?q=WEB&kind=host,user')).body.items,
    ).toHaveLength(1);
    expect((await asAdmin<{ items: Asset[] }>('GET', '/assets?q=web&kind=user')).body.items).toHaveLength(0);
    expect((await asAdmin('DELETE', path)).status).toBe(204);
    expect(await audit('asset.deleted', made.body.id)).toHaveLength(1);
  });

  it('are imported from CSV; rows that are none are told with line and reason', async () => {
    const csv = [
      '\ufeffKind,Value,Name,Criticality',
      'address,10.1.0.0/16,"Plant, north",critical',
      'host,DB-1.example.test,Database,',
      'user,CORP\\Root,Root,HIGH',
      'address,10.1.0.5/16,Again,low',
      'address,999.1.1.1,Bad,low',
      'printer,p1,Printer,low',
      'host,x y,Bad host,low',
      'host,short',
      'host,fine,,low',
      'user,eve,Eve,vital',
    ].join('\r\n');
    const answer = await importCsv(csv);
    expect(answer.status).toBe(200);
    const report = answer.body as AssetImport;
    expect(report).toMatchObject({ created: 3, updated: 0, unchanged: 0, refusedCount: 7 });
    expect(report.refused.map(({ line }) => line)).toEqual([5, 6, 7, 8, 9, 10, 11]);
    expect(report.refused[0]?.reason).toMatch(/same address as in line 2/);
    expect(
      (await importCsv('kind;value;name\nhost;db-1.example.test;Renamed\nuser;corp\\root;Root\n')).body,
    ).toMatchObject({
      created: 0,
      updated: 2,
      refusedCount: 0,
    });
    const parsed = await asAdmin<{ items: object[] }>('POST', '/logs/parse', {
      lines: [
        '<38>Nov 21 10:00:00 db-1.example.test sshd[1]: Failed password for root from 10.1.2.3 port 22 ssh2',
      ],
    });
    expect(parsed.body.items[0]).toMatchObject({
      'source.asset.name': 'Plant, north',
      'source.asset.criticality': 'critical',
      'host.asset.name': 'Renamed',
    });
    const others = await api.call('GET', '/assets', { token: beta.members.admin.token });
    expect(others.body).toMatchObject({ items: [] });
  });

  it.each([
    ['no header', 'address,10.0.0.1,x,low\n'],
    ['a strange column', 'kind,value,name,owner\nhost,a,b,c\n'],
    ['broken quotes', 'kind,value,name\nhost,"a,b\n'],
    ['nothing', ''],
  ])('%s is refused as a whole', async (_what, csv) => {
    expect((await importCsv(csv)).status).toBe(400);
  });

  it('the file is bounded in rows and bytes, and its type is told', async () => {
    const rows = (count: number) =>
      `kind,value,name\n${Array.from({ length: count }, (_, n) => `host,h${n},n`).join('\n')}`;
    expect((await importCsv(rows(10_000))).body).toMatchObject({ created: 10_000 });
    expect((await importCsv(rows(10_001))).status).toBe(400);
    expect((await importCsv(`kind,value,name\n${'x'.repeat(2 * 1024 * 1024)}`)).status).toBe(413);
    expect((await importCsv(rows(1), 'application/json')).status).toBe(400);
  });

  it('a page of 500 of them is one of many', async () => {
    const first = await asAdmin<{ items: Asset[]; nextCursor: string }>('GET', '/assets?limit=500');
    const second = await asAdmin<{ items: Asset[] }>(
      'GET',
      `/assets?limit=500&cursor=${first.body.nextCursor}`,
    );
    const ids = new Set([...first.body.items, ...second.body.items].map(({ id }) => id));
    expect(ids.size).toBe(1000);
  });
});

test('a source keeps the type of a parser that is switched off', async () => {
  const parser = await asAdmin<Parser>('POST', '/parsers', { ...GATE, name: 'off', enabled: false });
  const source = await aSource(api.database.tenants, acme.id);
  expect((await asAdmin('PATCH', `/sources/${source.id}`, { type: 'off' })).status).toBe(200);
  expect((await asAdmin<Parser>('GET', `/parsers/${parser.body.id}`)).body.usedBy).toBe(1);
});
