import { endpoints, PERMISSIONS, ROLES, type Endpoint, type Role } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { anApiKey, aSource } from '@parapet/testing';
import {
  storedAlert,
  storedAllowed,
  storedAsset,
  storedBlock,
  storedChannel,
  storedIntelAllowed,
  storedIntelFeed,
  storedEvent,
  storedParser,
  storedPushSubscription,
  storedRule,
  storedWebhook,
  tenantFingerprint,
} from './support/api-rows.js';
import { problemOf, startApi, type ApiServer, type Member } from './support/api-server.js';

interface Case {
  /** Makes what `:id` names, for a tenant (and, where it is a person's own, a user). */
  make?: (database: ApiServer['database'], tenantId: string, userId: string) => Promise<string>;
  body?: object | string;
  /** Media type of a body that is text. */
  bodyType?: string;
  query?: string;
  /** Statuses of a success beside the endpoint's own: what it needs may be missing in a test. */
  accepts?: number[];
}

const source: Case['make'] = async (database, tenantId) => (await aSource(database.tenants, tenantId)).id;
const tokenSource: Case['make'] = async (database, tenantId) => {
  const id = newId();
  await database.sql(
    `insert into sources (id, tenant_id, name, identified_by, token_hash, token_prefix)
     values ($1, $2, 'by token', 'token', sha256($3::text::bytea), 'st_')`,
    [id, tenantId, id],
  );
  return id;
};
const detector: Case['make'] = async (database, tenantId) => {
  const [row] = await database.sql<{ id: string }>('select id from detectors where tenant_id = $1 limit 1', [
    tenantId,
  ]);
  return row?.id ?? newId();
};
let prefix = 0;
const RULE = 'title: Made\nlogsource: {service: sshd}\ndetection: {s: {user.name: eve}, condition: s}\n';

/** What a good request to each endpoint is. An endpoint without a row here fails the test. */
const CASES: Record<
  Exclude<keyof typeof endpoints, 'login' | 'refresh' | 'logout' | 'fetchBlocklist'>,
  Case
> = {
  me: {},
  listEvents: {},
  getEvent: { make: (database, tenantId) => storedEvent(database, tenantId) },
  eventHistogram: {},
  listAlerts: {},
  getAlert: { make: (database, tenantId) => storedAlert(database, tenantId) },
  updateAlert: {
    make: (database, tenantId) => storedAlert(database, tenantId),
    body: { status: 'acknowledged' },
  },
  streamAlerts: {},
  listSources: {},
  getSource: { make: source },
  createSource: {
    get body() {
      return { name: 'new', cidr: `172.16.${(prefix += 1)}.0/24` };
    },
  },
  updateSource: { make: source, body: { name: 'renamed' } },
  renewSourceToken: { make: tokenSource },
  deleteSource: { make: source },
  listApiKeys: {},
  createApiKey: { body: { name: 'new' } },
  revokeApiKey: { make: async (database, tenantId) => (await anApiKey(database.tenants, tenantId)).id },
  listDetectors: {},
  getDetector: { make: detector },
  updateDetector: { make: detector, body: { threshold: 7 } },
  getDashboard: {},
  listChannels: {},
  createChannel: { body: { type: 'email', name: 'Team', recipients: ['a@b.test'] } },
  updateChannel: { make: storedChannel, body: { name: 'renamed' } },
  deleteChannel: { make: storedChannel },
  renewChannelSecret: { make: storedWebhook },
  // The key of the stored one is none.
  testChannel: { make: storedWebhook, accepts: [503] },
  // The test's installation has no VAPID keys.
  getPushKey: { accepts: [503] },
  listPushSubscriptions: {},
  createPushSubscription: {
    body: {
      endpoint: 'https://push.example.test/made',
      keys: {
        p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
        auth: 'tBHItJI5svbpez7KI4CCXg',
      },
    },
  },
  deletePushSubscription: { make: storedPushSubscription },
  // The push service of the test's subscription is not there.
  testPushSubscription: { make: storedPushSubscription, accepts: [202, 204, 400, 409, 502, 503] },
  listAssets: {},
  getAsset: { make: storedAsset },
  createAsset: {
    get body() {
      return { kind: 'address', value: `172.17.${(prefix += 1)}.0/24`, name: 'new' };
    },
  },
  updateAsset: { make: storedAsset, body: { name: 'renamed' } },
  deleteAsset: { make: storedAsset },
  importAssets: { body: 'kind,value,name\nhost,imported,Imported\n', bodyType: 'text/csv' },
  listIntelFeeds: {},
  getIntelFeed: { make: storedIntelFeed },
  createIntelFeed: {
    get body() {
      return { name: `made ${(prefix += 1)}`, kind: 'plain' };
    },
  },
  updateIntelFeed: { make: storedIntelFeed, body: { confidence: 7 } },
  deleteIntelFeed: { make: storedIntelFeed },
  // Refused before anybody is asked: the address is private.
  refreshIntelFeed: {
    make: (database, tenantId) => storedIntelFeed(database, tenantId, undefined, 'https://127.0.0.1/x'),
  },
  uploadIntelFeed: { make: storedIntelFeed, body: 'evil.com\n', bodyType: 'text/plain' },
  previewIntelFeed: { body: { kind: 'plain', text: 'evil.com' } },
  listIntelIndicators: {},
  lookupIntel: { body: { value: 'evil.com' } },
  listIntelAllowed: {},
  createIntelAllowed: {
    get body() {
      return { value: `good${(prefix += 1)}.com` };
    },
  },
  deleteIntelAllowed: { make: storedIntelAllowed },
  listParsers: {},
  listBuiltinParsers: {},
  getParser: { make: storedParser },
  createParser: {
    get body() {
      return { name: `made_${(prefix += 1)}`, kind: 'regex', patterns: ['^x(?<user.name>.)'] };
    },
  },
  updateParser: { make: storedParser, body: { enabled: false } },
  deleteParser: { make: storedParser },
  testParser: { body: { kind: 'grok', patterns: ['%{IP:source.ip}'], lines: ['from 192.0.2.1'] } },
  parseLogs: { body: { lines: ['from 192.0.2.1'] } },
  listBlocklist: {},
  createBlock: {
    get body() {
      return { prefix: `9.7.${(prefix += 1)}.1`, reason: 'new' };
    },
  },
  deleteBlock: { make: storedBlock },
  getBlocklistSettings: {},
  updateBlocklistSettings: { body: { enabled: false, minSeverity: 'high', detectors: [], hours: 24 } },
  renewBlocklistToken: {},
  deleteBlocklistToken: {},
  listAllowed: {},
  createAllowed: {
    get body() {
      return { prefix: `9.6.${(prefix += 1)}.1` };
    },
  },
  deleteAllowed: { make: storedAllowed },
  listDeadLetters: {},
  replayDeadLetters: { body: {} },
  listRules: {},
  getRule: { make: storedRule },
  createRules: { body: { yaml: RULE } },
  replaceRule: { make: storedRule, body: { yaml: RULE } },
  updateRule: { make: storedRule, body: { enabled: false } },
  deleteRule: { make: storedRule },
  listRuleVersions: { make: storedRule },
  restoreRule: { make: storedRule, body: { version: 1 } },
  testRules: { body: { rules: RULE, lines: ['from 192.0.2.1'] } },
  importRules: { body: { files: [{ path: 'a.yml', text: RULE }] } },
  listTenants: {},
  assignSender: {
    // Nobody's tenant: a good one is tried in replay.spec.ts.
    get body() {
      return { tenantId: newId(), cidr: `172.18.${(prefix += 1)}.1/32`, name: 'x', reason: 'it is theirs' };
    },
    accepts: [404],
  },
  listQuarantine: {},
};

const GUARDED = Object.values<Endpoint>(endpoints).filter(
  (endpoint) => endpoint.permission !== 'public' && endpoint.id !== 'logout',
);
const caseOf = (id: string): Case => {
  const found = Object.entries(CASES).find(([name]) => name === id)?.[1];
  if (!found) throw new Error(`${id} has no row in CASES`);
  return found;
};

describe('every route', () => {
  let api: ApiServer;
  let own: Awaited<ReturnType<ApiServer['customer']>>;
  let foreign: Awaited<ReturnType<ApiServer['customer']>>;
  let members: Record<Role, Member>;
  const tenantOf: Partial<Record<Role, string>> = {};

  beforeAll(async () => {
    api = await startApi();
    own = await api.customer('acme');
    foreign = await api.customer('beta');
    const operator = await api.operator();
    members = { ...own.members, sre: operator };
    for (const role of ROLES) tenantOf[role] = role === 'sre' ? operator.tenantId : own.id;
  });
  afterAll(() => api?.stop());

  const send = async (endpoint: Endpoint, member: Member | undefined, id: string) => {
    const path = `/api/v1${endpoint.path.replace(':id', id)}${caseOf(endpoint.id).query ?? ''}`;
    const { body, bodyType } = caseOf(endpoint.id);
    const headers: Record<string, string> = bodyType === undefined ? {} : { 'content-type': bodyType };
    const options = { token: member?.token, body, headers };
    if (!endpoint.stream) return (await api.call(endpoint.method, path, options)).status;
    const ended = new AbortController();
    const bearer: Record<string, string> = member ? { authorization: `Bearer ${member.token}` } : {};
    const response = await fetch(`${api.url}${path}`, { signal: ended.signal, headers: bearer });
    ended.abort();
    return response.status;
  };
  const successOf = (endpoint: Endpoint) => [
    endpoint.status ?? (endpoint.response || endpoint.stream ? 200 : 204),
    ...(caseOf(endpoint.id).accepts ?? []),
  ];

  it('R24 has a row in this test', () => {
    for (const { id, path } of GUARDED) {
      expect(path.includes(':') ? caseOf(id).make : caseOf(id)).toBeDefined();
    }
  });

  it.each(GUARDED.map((endpoint) => [endpoint.id, endpoint] as const))(
    'R24 %s: the roles of its permission get in, nobody else does',
    async (_id, endpoint) => {
      if (endpoint.permission === 'public') return;
      const { make } = caseOf(endpoint.id);
      const allowed: readonly Role[] = PERMISSIONS[endpoint.permission];
      for (const role of ROLES) {
        const member = members[role];
        const id = make ? await make(api.database, tenantOf[role] ?? '', member.id) : '';
        const status = await send(endpoint, member, id);
        // The platform's tenant has no detectors, so what an SRE may not do is not found there either way.
        if (allowed.includes(role))
          expect({ role, status: successOf(endpoint) }).toEqual({
            role,
            status: expect.arrayContaining([status]),
          });
        else expect({ role, status }).toEqual({ role, status: 403 });
      }
      expect(await send(endpoint, undefined, newId())).toBe(401);
    },
  );

  it.each(
    GUARDED.filter(({ path }) => path.includes(':id')).map((endpoint) => [endpoint.id, endpoint] as const),
  )(
    'R24 %s: a foreign id is as missing as one that never was, and nothing happens to it',
    async (_id, endpoint) => {
      if (endpoint.permission === 'public') return;
      const { make, body, bodyType } = caseOf(endpoint.id);
      const headers: Record<string, string> = bodyType === undefined ? {} : { 'content-type': bodyType };
      const foreignId = (await make?.(api.database, foreign.id, foreign.members.admin.id)) ?? '';
      const before = await tenantFingerprint(api.database, foreign.id);
      for (const role of PERMISSIONS[endpoint.permission]) {
        const { token } = members[role];
        const path = (id: string) => endpoint.path.replace(':id', id);
        const answers = [
          await api.call(endpoint.method, path(foreignId), { token, body, headers }),
          await api.call(endpoint.method, path(newId()), { token, body, headers }),
        ];
        expect(answers.map(({ status }) => status)).toEqual([404, 404]);
        const [one, two] = answers.map((answer) => ({ ...problemOf(answer), requestId: '' }));
        expect(one).toEqual(two);
        const malformed = await api.call(endpoint.method, path('1%20or%201=1'), { token, body, headers });
        expect(malformed.status).toBe(400);
      }
      expect(await tenantFingerprint(api.database, foreign.id)).toBe(before);
    },
  );

  it('R24 a list shows its own tenant only', async () => {
    await storedEvent(api.database, foreign.id, { message: 'a secret of beta' });
    await storedEvent(api.database, own.id, { message: 'a secret of acme' });
    const lists = Object.values<Endpoint>(endpoints).filter(
      (e) => e.method === 'GET' && !e.params && !e.stream,
    );
    for (const endpoint of lists) {
      if (endpoint.permission === 'public' || endpoint.permission === 'platform:read') continue;
      const { body } = await api.call('GET', endpoint.path, { token: own.members.admin.token });
      const text = JSON.stringify(body);
      expect(text).not.toContain('beta');
      expect(text).not.toContain(foreign.id);
    }
    const events = await api.call('GET', '/events?q=a%20secret', { token: own.members.viewer.token });
    expect(events.body).toMatchObject({ items: [{ message: 'a secret of acme' }] });
  });

  it('R26 the operator’s read is in the audit log, with its reason', async () => {
    const [row] = await api.database.sql<{ actor: string; details: { reason: string } }>(
      `select actor, details from audit_log where action = 'platform.read' and target = 'quarantine' limit 1`,
    );
    expect(row).toMatchObject({
      actor: 'sre@platform.test',
      details: { reason: expect.stringContaining('console') },
    });
  });
});

describe('requests at the same time', () => {
  it('R23 are each answered to their own user', async () => {
    const api = await startApi();
    try {
      const { members } = await api.customer('acme');
      const all = Object.values(members);
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          api.call('GET', '/auth/me', { token: all[n % all.length]?.token }),
        ),
      );
      expect(answers.map(({ body }) => body)).toMatchObject(
        answers.map((_, n) => ({ user: { email: all[n % all.length]?.email } })),
      );
    } finally {
      await api.stop();
    }
  });
});

describe('2,000 requests of two tenants over five connections', () => {
  it('R23 never mix', async () => {
    const api = await startApi({ poolSize: 5 });
    try {
      const tenants = [await api.customer('acme'), await api.customer('beta')];
      for (const tenant of tenants) {
        await aSource(api.database.tenants, tenant.id, { name: `source of ${tenant.slug}` });
        await storedAlert(api.database, tenant.id, { title: `alert of ${tenant.slug}` });
        await storedEvent(api.database, tenant.id, { message: `event of ${tenant.slug}` });
      }
      const paths = ['/sources', '/alerts', '/events', '/detectors', '/auth/me'];
      const work = Array.from({ length: 2000 }, (_, n) => n);
      let checked = 0;
      const walker = async () => {
        for (let n = work.pop(); n !== undefined; n = work.pop()) {
          const [mine, other] = n % 2 === 0 ? tenants : [...tenants].reverse();
          const path = paths[n % paths.length] ?? '/sources';
          const { status, body } = await api.call('GET', path, { token: mine?.members.admin.token });
          const text = JSON.stringify(body);
          expect(status).toBe(200);
          expect(text).not.toContain(other?.slug);
          if (path !== '/detectors') expect(text).toContain(mine?.slug);
          checked += 1;
        }
      };
      await Promise.all(Array.from({ length: 40 }, walker));
      expect(checked).toBe(2000);
    } finally {
      await api.stop();
    }
    // Two seconds of work, more where the machine is busy with other things.
  }, 300_000);
});
