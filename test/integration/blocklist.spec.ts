import { jest } from '@jest/globals';
import type { AlertDetail, AllowedPrefix, BlocklistEntry, BlocklistSettings } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { aSource, waitFor } from '@parapet/testing';
import { storedAlert } from './support/api-rows.js';
import { problemOf, startApi, type ApiServer, type Member } from './support/api-server.js';

jest.setTimeout(60_000);

type Customer = Awaited<ReturnType<ApiServer['customer']>>;

let api: ApiServer;
let acme: Customer;
let beta: Customer;

beforeAll(async () => {
  api = await startApi();
  [acme, beta] = [await api.customer('acme'), await api.customer('beta')];
});
afterEach(() =>
  api.database.sql('truncate blocklist_entries, blocklist_allowed, blocklist_settings, sources cascade'),
);
afterAll(() => api?.stop());

const call = (member: Member, method: string, path = '', body?: object) =>
  api.call(method, `/blocklist${path}`, { token: member.token, body });
const block = async (member: Member, prefix: string, given: object = {}) => {
  const answer = await call(member, 'POST', '', { prefix, reason: 'because', ...given });
  return { ...answer, entry: answer.body as BlocklistEntry };
};
const listed = async (member: Member, query = '') => {
  const { body } = await call(member, 'GET', query);
  return body as { items: BlocklistEntry[]; nextCursor: string | null; total: number };
};
const tokenOf = async ({ members }: Customer) =>
  ((await call(members.admin, 'POST', '/settings/token')).body as { token: string; url: string }).token;
const fetched = (token: string, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/api/v1/blocklist.txt?token=${token}`, { headers });
const textOf = async (token: string) => (await fetched(token)).text();
const audited = (tenantId: string) =>
  api.database.sql<{ action: string; actor: string; target: string | null }>(
    `select action, actor, target from audit_log where tenant_id = $1 and action like 'blocklist.%' order by seq`,
    [tenantId],
  );
const pathsOf = (answer: { status: number; body: unknown }) =>
  (answer.body as { errors?: { path: string; message: string }[] }).errors?.map(({ path }) => path);

describe('entries', () => {
  it('are made, renewed, found, paged and removed, and each of it is in the audit log', async () => {
    const { admin, analyst, viewer } = acme.members;
    const before = (await audited(acme.id)).length;
    const made = await block(analyst, '8.8.8.77/24', { hours: 2 });
    expect(made.status).toBe(201);
    expect(made.entry).toMatchObject({
      prefix: '8.8.8.0/24',
      origin: 'manual',
      alertId: null,
      createdBy: analyst.email,
      withheld: false,
    });
    const hours = (Date.parse(made.entry.expiresAt ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(1.9);
    expect(hours).toBeLessThanOrEqual(2);

    const renewed = await block(admin, '8.8.8.0/24', { reason: 'for ever', hours: null });
    expect(renewed.entry).toMatchObject({ id: made.entry.id, reason: 'for ever', expiresAt: null });
    await block(admin, '2606:4700::1111', { reason: 'IPv6' });
    await block(admin, '1.1.1.1', { reason: 'the third' });

    expect((await listed(viewer)).items.map(({ prefix }) => prefix)).toEqual([
      '1.1.1.1/32',
      '2606:4700::1111/128',
      '8.8.8.0/24',
    ]);
    const page = await listed(viewer, '?limit=2');
    expect([page.items.length, page.total]).toEqual([2, 3]);
    const next = await listed(viewer, `?limit=2&cursor=${String(page.nextCursor)}`);
    expect(next.items.map(({ prefix }) => prefix)).toEqual(['8.8.8.0/24']);
    for (const [query, expected] of [
      ['?q=8.8.8.9', ['8.8.8.0/24']],
      ['?q=8.8', ['8.8.8.0/24']],
      ['?q=THIRD', ['1.1.1.1/32']],
      ['?q=2606:4700::/32', ['2606:4700::1111/128']],
      ['?q=100%25', []],
      ['?origin=automatic', []],
      ['?origin=manual&q=IPv6', ['2606:4700::1111/128']],
    ] as const) {
      expect((await listed(viewer, query)).items.map(({ prefix }) => prefix)).toEqual(expected);
    }
    expect((await call(viewer, 'POST', '', { prefix: '9.9.9.9', reason: 'x' })).status).toBe(403);
    expect((await call(analyst, 'DELETE', `/${made.entry.id}`)).status).toBe(204);
    expect((await call(analyst, 'DELETE', `/${made.entry.id}`)).status).toBe(404);
    expect(
      (await audited(acme.id)).slice(before).map(({ action, target }) => `${action} ${String(target)}`),
    ).toEqual([
      'blocklist.blocked 8.8.8.0/24',
      'blocklist.blocked 8.8.8.0/24',
      'blocklist.blocked 2606:4700::1111/128',
      'blocklist.blocked 1.1.1.1/32',
      'blocklist.unblocked 8.8.8.0/24',
    ]);
  });

  it.each(['10.1.2.3', '127.0.0.1', '169.254.169.254', '192.0.0.0/8', 'fe80::1', '::ffff:10.0.0.1'])(
    'are never private or reserved (%s) unless that is said',
    async (prefix) => {
      const refused = await block(acme.members.analyst, prefix);
      expect([refused.status, pathsOf(refused)]).toEqual([400, ['body.prefix']]);
      const meant = await block(acme.members.analyst, prefix, { allowPrivate: true });
      expect([meant.status, meant.entry.allowPrivate]).toEqual([201, true]);
    },
  );

  it('are never the tenant’s own sources or what it allows, not even around them', async () => {
    const { admin, analyst } = acme.members;
    await aSource(api.database.tenants, acme.id, { cidr: '8.8.4.0/24', enabled: false });
    await aSource(api.database.tenants, beta.id, { cidr: '8.7.4.0/24' });
    const allowed = await call(admin, 'POST', '/allowed', { prefix: '9.9.9.9', note: 'resolver' });
    expect([allowed.status, (allowed.body as AllowedPrefix).prefix]).toEqual([201, '9.9.9.9/32']);
    for (const prefix of ['8.8.4.4', '8.8.0.0/16', '9.9.9.9', '9.9.0.0/16']) {
      const refused = await block(analyst, prefix, { allowPrivate: true });
      expect([prefix, refused.status, pathsOf(refused)]).toEqual([prefix, 400, ['body.prefix']]);
    }
    for (const prefix of ['8.8.5.4', '9.9.9.8', '8.7.4.1'])
      expect((await block(analyst, prefix)).status).toBe(201);
    for (const prefix of ['0.0.0.0/0', '::/0', '4.0.0.0/7'])
      expect((await block(analyst, prefix, { allowPrivate: true })).status).toBe(400);
  });

  it('that became protected later leave the list and say so, and come back', async () => {
    const { admin, analyst } = acme.members;
    const token = await tokenOf(acme);
    await block(admin, '8.8.0.0/16');
    await block(admin, '1.1.1.1');
    expect((await call(analyst, 'POST', '/allowed', { prefix: '8.8.8.8' })).status).toBe(403);
    const allowed = (await call(admin, 'POST', '/allowed', { prefix: '8.8.8.8' })).body as AllowedPrefix;
    expect((await call(admin, 'POST', '/allowed', { prefix: '8.8.8.8/32' })).status).toBe(409);
    expect(await textOf(token)).toBe('1.1.1.1/32\n');
    expect((await listed(admin)).items.map(({ prefix, withheld }) => [prefix, withheld])).toEqual([
      ['1.1.1.1/32', false],
      ['8.8.0.0/16', true],
    ]);
    await aSource(api.database.tenants, acme.id, { cidr: '1.1.0.0/16' });
    expect(await textOf(token)).toBe('');
    expect((await call(admin, 'DELETE', `/allowed/${allowed.id}`)).status).toBe(204);
    expect(await textOf(token)).toBe('8.8.0.0/16\n');
  });

  it('end', async () => {
    const token = await tokenOf(acme);
    const { entry } = await block(acme.members.admin, '8.8.8.8', { hours: 1 });
    expect(await textOf(token)).toBe('8.8.8.8/32\n');
    await api.database.sql(`update blocklist_entries set expires_at = now() where id = $1`, [entry.id]);
    expect(await textOf(token)).toBe('');
    expect((await listed(acme.members.admin)).total).toBe(0);
    await block(acme.members.admin, '1.1.1.1');
    expect(await api.database.sql('select from blocklist_entries where id = $1', [entry.id])).toEqual([]);
  });

  it('are bounded: 100,000 are listed in time, one more is refused', async () => {
    const token = await tokenOf(acme);
    await api.database.sql(
      `insert into blocklist_entries (id, tenant_id, prefix, reason, origin)
       select gen_random_uuid(), $1, '20.0.0.0'::inet + n, 'x', 'manual' from generate_series(1, 100000) n`,
      [acme.id],
    );
    await aSource(api.database.tenants, acme.id, { cidr: '20.0.1.0/24' });
    const begun = performance.now();
    const text = await textOf(token);
    const ms = performance.now() - begun;
    expect(text.split('\n')).toHaveLength(100_000 - 256 + 1);
    expect(ms).toBeLessThan(5000);
    const refused = await block(acme.members.admin, '8.8.8.8');
    expect(refused.status).toBe(409);
    expect((await call(acme.members.admin, 'GET', '/settings')).body).toMatchObject({
      entries: 100_000,
      maxEntries: 100_000,
    });
  });
});

describe('the list for firewalls', () => {
  it('is text, one prefix a line in order, of its own tenant, without a cookie', async () => {
    const [token, foreign] = [await tokenOf(acme), await tokenOf(beta)];
    await block(acme.members.admin, '2606:4700::1111');
    await block(acme.members.admin, '100.0.0.1');
    await block(acme.members.admin, '20.0.0.0/16');
    await block(beta.members.admin, '1.1.1.1');
    const answer = await fetched(token);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'private, no-cache',
    ]);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toBe('20.0.0.0/16\n100.0.0.1/32\n2606:4700::1111/128\n');
    expect(await textOf(foreign)).toBe('1.1.1.1/32\n');
  });

  it('is not sent again to who has it', async () => {
    const token = await tokenOf(acme);
    await block(acme.members.admin, '8.8.8.8');
    const etag = (await fetched(token)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await fetched(token, { 'if-none-match': header });
      expect([header, again.status, await again.text(), again.headers.get('etag')]).toEqual([
        header,
        304,
        '',
        etag,
      ]);
    }
    await block(acme.members.admin, '1.1.1.1');
    const changed = await fetched(token, { 'if-none-match': etag });
    expect([changed.status, await changed.text()]).toEqual([200, '1.1.1.1/32\n8.8.8.8/32\n']);
  });

  it('is missing without a good token: wrong, ended, renewed, of a suspended tenant', async () => {
    const first = await tokenOf(acme);
    const second = await tokenOf(acme);
    expect(second).toMatch(/^bl_[\w-]{43}$/);
    const missing = async (token: string) => {
      const answer = await fetched(token);
      expect([token, answer.status]).toEqual([token, 404]);
    };
    for (const token of ['', 'x', first, `bl_${'A'.repeat(43)}`, `${second}x`, second.slice(0, -1)])
      await missing(token);
    expect((await fetched(second)).status).toBe(200);
    expect((await fetched(`${second}&format=json`)).status).toBe(400);
    await api.database.sql(`update tenants set status = 'suspended' where id = $1`, [acme.id]);
    await missing(second);
    await api.database.sql(`update tenants set status = 'active' where id = $1`, [acme.id]);
    const shown = (await call(acme.members.viewer, 'GET', '/settings')).body as BlocklistSettings;
    expect(shown.token).toMatchObject({ prefix: second.slice(0, 11), lastUsedAt: expect.any(String) });
    expect(JSON.stringify(shown)).not.toContain(second);
    expect((await call(acme.members.analyst, 'POST', '/settings/token')).status).toBe(403);
    expect((await call(acme.members.admin, 'DELETE', '/settings/token')).status).toBe(204);
    await missing(second);
    expect((await call(acme.members.viewer, 'GET', '/settings')).body).toMatchObject({ token: null });
  });

  it('is fetched so often and no more; one tenant’s haste is not another’s', async () => {
    const [token, other] = [await tokenOf(acme), await tokenOf(beta)];
    const answers = await Promise.all(Array.from({ length: 70 }, () => fetched(token)));
    const late = answers.find(({ status }) => status === 429);
    expect(late?.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    expect((await fetched(other)).status).toBe(200);
    const misses = await Promise.all(Array.from({ length: 40 }, () => fetched('bl_wrong')));
    expect(misses.map(({ status }) => status)).toContain(429);
    expect((await fetched(other)).status).toBe(200);
  });
});

describe('from an alert', () => {
  const announced = async (
    tenantId: string,
    sourceIp: string,
    given: Parameters<typeof storedAlert>[2] = {},
  ) => {
    const id = await storedAlert(api.database, tenantId, given);
    await api.database.sql(`update alerts set group_fields = $2 where id = $1`, [
      id,
      { 'source.ip': sourceIp },
    ]);
    return id;
  };
  const relayed = async (tenantId: string, alertId: string) => {
    const message = { kind: 'alert.created', v: 1, tenantId, alertId };
    const sql = `insert into outbox (tenant_id, kind, payload) values ($1, 'alert.created', $2)`;
    await api.database.sql(sql, [tenantId, message]);
    await api.database.sql(`select pg_notify('parapet_outbox', '')`);
    await waitFor(
      async () => (await api.database.sql('select from outbox where processed_at is null')).length === 0,
    );
  };
  const notesOf = async (customer: Customer, alertId: string) => {
    const { body } = await api.call('GET', `/alerts/${alertId}`, { token: customer.members.viewer.token });
    const notes = (body as AlertDetail).history.filter(({ action }) => action === 'note');
    return notes.map(({ actor, note }) => [actor, note]);
  };
  const automatic = (given: object = {}) =>
    call(acme.members.admin, 'PUT', '/settings', {
      enabled: true,
      minSeverity: 'high',
      detectors: [],
      hours: 12,
      ...given,
    });

  it('one click blocks, and the alert tells of it', async () => {
    const alertId = await announced(acme.id, '8.8.8.8');
    const { entry } = await block(acme.members.analyst, '8.8.8.8', { alertId, hours: 4 });
    expect(entry).toMatchObject({ origin: 'alert', alertId, createdBy: acme.members.analyst.email });
    expect(await notesOf(acme, alertId)).toEqual([[expect.any(String), '8.8.8.8/32 blocked for 4 h.']]);
    const foreign = await announced(beta.id, '8.8.8.8');
    for (const missing of [foreign, newId()])
      expect((await block(acme.members.analyst, '8.8.4.4', { alertId: missing })).status).toBe(404);
  });

  it('nothing happens by itself unless the tenant says so', async () => {
    const alertId = await announced(acme.id, '8.8.8.8', { severity: 'critical' });
    await relayed(acme.id, alertId);
    expect((await listed(acme.members.viewer)).total).toBe(0);
    expect((await call(acme.members.analyst, 'PUT', '/settings', { enabled: true })).status).toBe(403);
  });

  it('the rule blocks the source of new alerts, once, for so long', async () => {
    expect((await automatic()).body).toMatchObject({ automatic: { enabled: true, hours: 12 } });
    const alertId = await announced(acme.id, '8.8.8.8', { title: 'Brute force' });
    await relayed(acme.id, alertId);
    await relayed(acme.id, alertId);
    const [entry, ...more] = (await listed(acme.members.viewer)).items;
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      prefix: '8.8.8.8/32',
      origin: 'automatic',
      alertId,
      reason: 'Brute force',
      createdBy: null,
    });
    expect(await notesOf(acme, alertId)).toEqual([['system', '8.8.8.8/32 blocked automatically for 12 h.']]);
    expect((await audited(acme.id)).at(-1)).toEqual({
      action: 'blocklist.blocked',
      actor: 'system',
      target: '8.8.8.8/32',
    });
    expect((await listed(beta.members.viewer)).total).toBe(0);
  });

  it('the rule leaves alone what it was not told of, and says why it did not block', async () => {
    await automatic({ detectors: ['brute_force'] });
    await call(acme.members.admin, 'POST', '/allowed', { prefix: '9.9.9.0/24' });
    await aSource(api.database.tenants, acme.id, { cidr: '8.8.4.0/24' });
    const low = await announced(acme.id, '8.8.8.1', { severity: 'medium' });
    const historical = await announced(acme.id, '8.8.8.2');
    await api.database.sql('update alerts set historical = true where id = $1', [historical]);
    const another = await announced(acme.id, '8.8.8.3');
    await api.database.sql(`update alerts set detector = 'port_scan' where id = $1`, [another]);
    const noAddress = await announced(acme.id, 'host.example');
    const silent = [low, historical, another, noAddress];
    const refused = [
      [await announced(acme.id, '192.168.1.1'), 'private or reserved'],
      [await announced(acme.id, '9.9.9.9'), 'allow-list'],
      [await announced(acme.id, '8.8.4.4'), 'your sources'],
    ] as const;
    for (const id of [...silent, ...refused.map(([id]) => id)]) await relayed(acme.id, id);
    expect((await listed(acme.members.viewer)).total).toBe(0);
    for (const id of silent) expect(await notesOf(acme, id)).toEqual([]);
    for (const [id, why] of refused)
      expect(await notesOf(acme, id)).toEqual([['system', expect.stringContaining(why)]]);
  });

  it('the rule prolongs what it made, and does not shorten what a person said', async () => {
    await automatic({ hours: 24 });
    const { entry } = await block(acme.members.admin, '8.8.8.8', { hours: null, reason: 'for ever' });
    await block(acme.members.admin, '1.1.1.1', { hours: 1, reason: 'short' });
    await relayed(acme.id, await announced(acme.id, '8.8.8.8'));
    await relayed(acme.id, await announced(acme.id, '1.1.1.1'));
    const items = new Map((await listed(acme.members.viewer)).items.map((each) => [each.prefix, each]));
    expect(items.get('8.8.8.8/32')).toEqual(entry);
    const prolonged = items.get('1.1.1.1/32');
    expect(prolonged).toMatchObject({ reason: 'short', origin: 'manual' });
    expect(Date.parse(prolonged?.expiresAt ?? '') - Date.now()).toBeGreaterThan(23 * 3_600_000);
  });

  it('an alert is told although its block fails', async () => {
    await automatic();
    await api.database.sql(
      `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`,
    );
    await api.database.sql(
      'create trigger refuse before insert on blocklist_entries for each row execute function refuse()',
    );
    try {
      const alertId = await announced(acme.id, '8.8.8.8');
      await relayed(acme.id, alertId);
      const rows = await api.database.sql(`select from notifications where alert_id = $1`, [alertId]);
      expect(rows.length).toBeGreaterThan(0);
    } finally {
      await api.database.sql('drop trigger refuse on blocklist_entries');
      await api.database.sql('drop function refuse()');
    }
  });
});

it('bad input is named', async () => {
  const { admin } = acme.members;
  for (const [body, path] of [
    [{ prefix: 'host', reason: 'x' }, 'body.prefix'],
    [{ prefix: '8.8.8.8/33', reason: 'x' }, 'body.prefix'],
    [{ prefix: '8.8.8.8', reason: ' ' }, 'body.reason'],
    [{ prefix: '8.8.8.8', reason: 'x', hours: 0 }, 'body.hours'],
    [{ prefix: '8.8.8.8', reason: 'x', hours: 9000 }, 'body.hours'],
  ] as const) {
    const answer = await call(admin, 'POST', '', body);
    expect([answer.status, problemOf(answer).errors?.[0]?.path]).toEqual([400, path]);
  }
});
