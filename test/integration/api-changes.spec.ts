import { createHash, X509Certificate } from 'node:crypto';
import {
  ALERT_STATUSES,
  ALERT_TRANSITIONS,
  type AlertDetail,
  type Detector,
  type CreatedSource,
  type Source,
} from '@parapet/contracts';
import { newId } from '@parapet/db';
import { DETECTORS } from '@parapet/detection';
import { anEvent } from '@parapet/testing';
import { makeAuthority } from '../../scripts/lib/certificates.mjs';
import { storedAlert, storeEvents } from './support/api-rows.js';
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

const audit = (action: string, target: string) =>
  api.database.sql<{ actor: string; details: Record<string, unknown> }>(
    'select actor, details from audit_log where action = $1 and target = $2',
    [action, target],
  );

describe('an alert', () => {
  const patch = (id: string, body: object) =>
    api.call('PATCH', `/alerts/${id}`, { token: acme.members.analyst.token, body });

  it.each(ALERT_STATUSES)('that is %s changes only as its life cycle says', async (from) => {
    for (const to of ALERT_STATUSES) {
      const id = await storedAlert(api.database, acme.id, { status: from });
      const answer = await patch(id, { status: to });
      if (to === from || ALERT_TRANSITIONS[from].includes(to)) {
        expect([to, answer.status]).toEqual([to, 200]);
        expect(answer.body).toMatchObject({ status: to });
      } else {
        expect([to, answer.status, problemOf(answer).code]).toEqual([to, 409, 'invalid_transition']);
      }
    }
  });

  it('keeps who changed what, tells everybody, and is in the audit log', async () => {
    const id = await storedAlert(api.database, acme.id);
    const { analyst } = acme.members;
    const answer = await patch(id, {
      status: 'investigating',
      assigneeId: analyst.id,
      note: 'looking at it',
    });
    const detail = answer.body as AlertDetail;
    expect(detail.assignee).toEqual({ id: analyst.id, name: analyst.email });
    expect(
      detail.history.map(({ action, actor, from, to, note }) => ({ action, actor, from, to, note })),
    ).toEqual([
      { action: 'created', actor: 'system', from: null, to: 'new', note: null },
      { action: 'status', actor: analyst.email, from: 'new', to: 'investigating', note: null },
      { action: 'assigned', actor: analyst.email, from: null, to: analyst.email, note: null },
      { action: 'note', actor: analyst.email, from: null, to: null, note: 'looking at it' },
    ]);
    const outbox = await api.database.sql(
      'select payload from outbox where tenant_id = $1 and payload->>$2 = $3',
      [acme.id, 'alertId', id],
    );
    expect(outbox).toEqual([{ payload: { kind: 'alert.updated', v: 1, tenantId: acme.id, alertId: id } }]);
    expect(await audit('alert.updated', id)).toMatchObject([
      { actor: analyst.email, details: { status: 'new → investigating', note: 'added' } },
    ]);
  });

  it('is changed as a whole or not at all', async () => {
    const id = await storedAlert(api.database, acme.id);
    for (const body of [
      { status: 'acknowledged', assigneeId: beta.members.analyst.id },
      { status: 'acknowledged', assigneeId: newId() },
    ]) {
      const answer = await patch(id, body);
      expect([answer.status, problemOf(answer).errors?.[0]?.path]).toEqual([400, 'body.assigneeId']);
    }
    const [row] = await api.database.sql('select status, assignee_id from alerts where id = $1', [id]);
    expect(row).toEqual({ status: 'new', assignee_id: null });
    expect(
      await api.database.sql('select from outbox where payload->>$1 = $2', ['alertId', id]),
    ).toHaveLength(0);
  });

  it('of two changes at once takes the second only if it still fits', async () => {
    const id = await storedAlert(api.database, acme.id, { status: 'resolved' });
    const answers = await Promise.all([
      patch(id, { status: 'new' }),
      patch(id, { status: 'new', note: 'again' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const history = await api.database.sql(
      `select from alert_history where alert_id = $1 and action = 'status'`,
      [id],
    );
    expect(history).toHaveLength(1);
  });

  it('shows its evidence, copied or still only stored', async () => {
    const id = await storedAlert(api.database, acme.id);
    const stored = anEvent(acme.id, { message: 'stored' });
    await storeEvents(api.database, [stored]);
    const copy = {
      id: newId(),
      '@timestamp': '2026-01-01T00:00:00.000Z',
      'event.ingested': '2026-01-01T00:00:01.000Z',
      'event.original': '<38>x',
      message: 'copied',
    };
    const insert =
      'insert into alert_events (tenant_id, alert_id, event_id, ts, event) values ($1, $2, $3, $4, $5)';
    await api.database.sql(insert, [acme.id, id, stored.id, new Date(stored['@timestamp']), null]);
    await api.database.sql(insert, [acme.id, id, copy.id, copy['@timestamp'], copy]);
    const answer = await api.call('GET', `/alerts/${id}`, { token: acme.members.viewer.token });
    expect((answer.body as AlertDetail).events).toMatchObject([copy, { id: stored.id, message: 'stored' }]);
  });
});

describe('a source', () => {
  const create = (token: string, body: object) => api.call('POST', '/sources', { token, body });

  it('is kept in the form of its network', async () => {
    const { admin } = acme.members;
    const answer = await create(admin.token, {
      name: ' Office ',
      cidr: '10.1.2.3/24',
      timeZone: 'Europe/Berlin',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: 'Office',
      cidr: '10.1.2.0/24',
      timeZone: 'Europe/Berlin',
      type: 'auto',
      enabled: true,
      status: 'active',
      eventsLast24h: 0,
      lastEventAt: null,
    });
    const { id } = answer.body as Source;
    expect(await audit('source.created', id)).toMatchObject([
      { actor: admin.email, details: { cidr: '10.1.2.0/24' } },
    ]);
    const single = await create(admin.token, { name: 'Host', cidr: '2001:DB8:0:0::9' });
    expect(single.body).toMatchObject({ cidr: '2001:db8::9/128' });
  });

  it('R18 can’t have a prefix that is taken, by whomever, and waits inside another customer’s', async () => {
    expect((await create(beta.members.admin.token, { name: 'b', cidr: '10.50.0.0/16' })).status).toBe(201);
    const taken = await create(acme.members.admin.token, { name: 'a', cidr: '10.50.7.7/16' });
    expect([taken.status, problemOf(taken).code]).toEqual([409, 'prefix_taken']);
    expect(problemOf(taken).detail).not.toMatch(/beta/);
    const nested = await create(acme.members.admin.token, { name: 'a', cidr: '10.50.1.0/24' });
    expect(nested.body).toMatchObject({ status: 'pending_approval' });
    const mine = await create(acme.members.admin.token, { name: 'a', cidr: '10.51.0.0/16' });
    const moved = await api.call('PATCH', `/sources/${(mine.body as Source).id}`, {
      token: acme.members.admin.token,
      body: { cidr: '10.50.0.0/16' },
    });
    expect([moved.status, problemOf(moved).code]).toEqual([409, 'prefix_taken']);
  });

  it('known by a certificate is kept as its fingerprint, which leads to one source only', async () => {
    const { admin } = acme.members;
    const { cert, key } = makeAuthority('sender');
    const fingerprint = new X509Certificate(cert).fingerprint256;
    const hex = fingerprint.replaceAll(':', '').toLowerCase();
    const made = await create(admin.token, { name: 'fw', identifiedBy: 'certificate', certificate: cert });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      identifiedBy: 'certificate',
      certificateSha256: hex,
      cidr: null,
      tokenPrefix: null,
      token: null,
      status: 'active',
    });
    const { id } = made.body as Source;
    expect(await audit('source.created', id)).toMatchObject([{ details: { certificateSha256: hex } }]);
    const taken = await create(beta.members.admin.token, {
      name: 'mine',
      identifiedBy: 'certificate',
      certificate: fingerprint,
    });
    expect([taken.status, problemOf(taken).code]).toEqual([409, 'conflict']);
    expect(problemOf(taken).detail).not.toMatch(/acme/);
    const renewed = await api.call('PATCH', `/sources/${id}`, {
      token: admin.token,
      body: { certificate: 'ab'.repeat(32) },
    });
    expect(renewed.body).toMatchObject({ certificateSha256: 'ab'.repeat(32) });
    const wrong = await create(admin.token, { name: 'k', identifiedBy: 'certificate', certificate: key });
    expect(problemOf(wrong).errors).toMatchObject([{ path: 'body.certificate' }]);
    expect(JSON.stringify(wrong.body)).not.toContain('PRIVATE');
  });

  it('known by a token shows it once and keeps its hash', async () => {
    const { admin, viewer } = acme.members;
    const made = (await create(admin.token, { name: 'edge', identifiedBy: 'token' })).body as CreatedSource;
    expect(made.token).toMatch(/^st_[\w-]{43}$/);
    expect(made).toMatchObject({ identifiedBy: 'token', cidr: null, tokenPrefix: made.token?.slice(0, 11) });
    const stored = () =>
      api.database.sql<{ hash: string }>(
        `select encode(token_hash, 'hex') as hash from sources where id = $1`,
        [made.id],
      );
    const hash = (token: string | null) =>
      createHash('sha256')
        .update(token ?? '')
        .digest('hex');
    expect(await stored()).toEqual([{ hash: hash(made.token) }]);
    const seen = await api.call('GET', `/sources/${made.id}`, { token: viewer.token });
    expect(JSON.stringify(seen.body)).not.toContain(made.token);

    const answer = await api.call('POST', `/sources/${made.id}/token`, { token: admin.token });
    const renewed = answer.body as CreatedSource;
    expect(answer.status).toBe(200);
    expect(renewed.token).not.toBe(made.token);
    expect(await stored()).toEqual([{ hash: hash(renewed.token) }]);
    const [entry] = await audit('source.token_renewed', made.id);
    expect(entry).toMatchObject({ details: { tokenPrefix: renewed.tokenPrefix } });
    expect(JSON.stringify(entry)).not.toContain(renewed.token);
    expect((await api.call('POST', `/sources/${made.id}/token`, { token: viewer.token })).status).toBe(403);
  });

  it('is known by one thing, and by the same for good', async () => {
    const { admin } = acme.members;
    const problems = async (body: object) =>
      problemOf(await create(admin.token, { name: 'x', ...body })).errors;
    expect(await problems({})).toMatchObject([{ path: 'body.cidr' }]);
    expect(await problems({ identifiedBy: 'certificate' })).toMatchObject([{ path: 'body.certificate' }]);
    expect(await problems({ identifiedBy: 'token', cidr: '10.1.0.0/16' })).toMatchObject([
      { path: 'body.cidr' },
    ]);
    expect(await problems({ cidr: '10.1.0.0/16', certificate: 'ab'.repeat(32) })).toMatchObject([
      { path: 'body.certificate' },
    ]);
    const { id } = (await create(admin.token, { name: 't', identifiedBy: 'token' })).body as Source;
    const moved = await api.call('PATCH', `/sources/${id}`, {
      token: admin.token,
      body: { cidr: '10.1.0.0/16' },
    });
    expect([moved.status, problemOf(moved).errors?.[0]?.path]).toEqual([400, 'body.cidr']);
    const byAddress = (await create(admin.token, { name: 'a', cidr: '10.61.0.0/24' })).body as Source;
    expect((await api.call('POST', `/sources/${byAddress.id}/token`, { token: admin.token })).status).toBe(
      400,
    );
    const renamed = await api.call('PATCH', `/sources/${id}`, {
      token: admin.token,
      body: { name: 'edge 2' },
    });
    expect(renamed.body).toMatchObject({ name: 'edge 2', identifiedBy: 'token' });
    expect((await api.call('DELETE', `/sources/${id}`, { token: admin.token })).status).toBe(204);
  });

  it('shows how much it sent', async () => {
    const made = (await create(acme.members.admin.token, { name: 'busy', cidr: '10.60.0.0/24' }))
      .body as Source;
    const hour = (ago: number) => new Date(Math.floor(Date.now() / 3_600_000 - ago) * 3_600_000);
    for (const [ago, events] of [
      [0, 5],
      [23, 7],
      [30, 100],
    ] as const) {
      await api.database.sql('insert into source_activity values ($1, $2, $3, $4, $5)', [
        acme.id,
        made.id,
        hour(ago),
        events,
        hour(ago),
      ]);
    }
    const answer = await api.call('GET', `/sources/${made.id}`, { token: acme.members.viewer.token });
    expect(answer.body).toMatchObject({ eventsLast24h: 12, lastEventAt: hour(0).toISOString() });
  });

  it('is listed in pages, and gone when deleted', async () => {
    const { admin } = beta.members;
    for (let n = 0; n < 5; n++) await create(admin.token, { name: `s${n}`, cidr: `10.70.${n}.0/24` });
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const page = (await api.call('GET', `/sources?limit=2${cursor}`, { token: admin.token })).body as {
        items: Source[];
        nextCursor: string | null;
      };
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(new Set(seen).size).toBe(6);
    const [first = ''] = seen;
    expect((await api.call('DELETE', `/sources/${first}`, { token: admin.token })).status).toBe(204);
    expect((await api.call('GET', `/sources/${first}`, { token: admin.token })).status).toBe(404);
    expect(await audit('source.deleted', first)).toHaveLength(1);
  });
});

describe('detectors', () => {
  it('are those that are built in, with the tenant’s settings and their defaults', async () => {
    const { items } = (await api.call('GET', '/detectors', { token: acme.members.viewer.token })).body as {
      items: Detector[];
    };
    expect(items.map(({ kind, name, defaults }) => ({ kind, name, defaults }))).toEqual(
      DETECTORS.map(({ kind, name, defaults }) => ({ kind, name, defaults })),
    );
    const [first] = items;
    const answer = await api.call('PATCH', `/detectors/${first?.id}`, {
      token: acme.members.admin.token,
      body: { threshold: 9, exceptions: ['10.0.0.0/8'] },
    });
    expect(answer.body).toMatchObject({
      ...first,
      threshold: 9,
      exceptions: ['10.0.0.0/8'],
      updatedAt: expect.any(String),
    });
    expect(await audit('detector.updated', first?.id ?? '')).toHaveLength(1);
    const bad = await api.call('PATCH', `/detectors/${first?.id}`, {
      token: acme.members.admin.token,
      body: { threshold: 0 },
    });
    expect(bad.status).toBe(400);
  });

  it('that a tenant has no row of yet are there too', async () => {
    await api.database.sql('delete from detectors where tenant_id = $1', [beta.id]);
    const answers = await Promise.all(
      [1, 2, 3].map(() => api.call('GET', '/detectors', { token: beta.members.viewer.token })),
    );
    for (const { body } of answers)
      expect((body as { items: Detector[] }).items).toHaveLength(DETECTORS.length);
    expect(await api.database.sql('select from detectors where tenant_id = $1', [beta.id])).toHaveLength(
      DETECTORS.length,
    );
  });
});
