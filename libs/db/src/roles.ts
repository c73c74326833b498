import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DatabasePasswordError, DatabaseRolesError } from '@parapet/errors';
import { scramVerifier } from './scram.js';

/** Roles that services sign in as. */
export type ServiceRole = 'parapet_app' | 'parapet_writer' | 'parapet_sre';
export const SERVICE_ROLES: readonly ServiceRole[] = ['parapet_app', 'parapet_writer', 'parapet_sre'];
export const OWNER_ROLE = 'parapet_owner';

interface RoleAttributes {
  name: string;
  login: boolean;
  inherit: boolean;
  bypassRls: boolean;
  /** Defaults of the role's own sessions. */
  settings: Readonly<Record<string, string>>;
}

const timeouts = (statement: string) => ({
  statement_timeout: statement,
  idle_in_transaction_session_timeout: '60s',
});

const ROLES: readonly RoleAttributes[] = [
  { name: OWNER_ROLE, login: false, inherit: true, bypassRls: false, settings: {} },
  { name: 'parapet_definer', login: false, inherit: true, bypassRls: true, settings: {} },
  {
    name: 'parapet_app',
    login: true,
    inherit: true,
    bypassRls: false,
    // A tenant with much of a day's rows would make the planner read the whole partition, other tenants' rows included.
    settings: { ...timeouts('30s'), enable_seqscan: 'off' },
  },
  // Stores in bulk: COPY is refused under RLS. It inherits nothing, and becomes parapet_app for what is a tenant's.
  { name: 'parapet_writer', login: true, inherit: false, bypassRls: true, settings: timeouts('120s') },
  {
    name: 'parapet_sre',
    login: true,
    inherit: true,
    bypassRls: false,
    settings: { ...timeouts('60s'), default_transaction_read_only: 'on' },
  },
];

const MEMBERSHIPS = [
  { role: 'parapet_app', member: 'parapet_writer', inherit: false },
  { role: 'parapet_definer', member: OWNER_ROLE, inherit: true },
] as const;

/** SQLSTATEs of two clients that change the same roles at once, from two databases of one cluster. */
const RACE = new Set(['XX000', '23505', '42710', '40001', '40P01']);
const MAY_NOT = '42501';

function connectionOf(databaseUrl: string) {
  const url = new URL(databaseUrl);
  return { url, user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
}

/**
 * The password of a service role: base64url(HMAC-SHA256(password of DATABASE_URL's user, role)).
 * @throws DatabasePasswordError when DATABASE_URL has none.
 */
export function servicePassword(databaseUrl: string, role: ServiceRole): string {
  const { password } = connectionOf(databaseUrl);
  if (password === '') throw new DatabasePasswordError();
  return createHmac('sha256', password).update(role).digest('base64url');
}

/** The URL with which a service signs in as its role, made from DATABASE_URL. */
export function serviceUrl(databaseUrl: string, role: ServiceRole): string {
  const { url } = connectionOf(databaseUrl);
  const password = servicePassword(databaseUrl, role);
  url.username = role;
  url.password = password;
  return url.href;
}

const literal = (value: string) => pg.escapeLiteral(value);
const identifier = (value: string) => pg.escapeIdentifier(value);
const attributes = (role: RoleAttributes) =>
  [
    role.login ? 'LOGIN' : 'NOLOGIN',
    role.inherit ? 'INHERIT' : 'NOINHERIT',
    role.bypassRls ? 'BYPASSRLS' : 'NOBYPASSRLS',
    'NOCREATEDB NOCREATEROLE NOREPLICATION',
  ].join(' ');

interface ExistingRole {
  rolname: string;
  rolcanlogin: boolean;
  rolinherit: boolean;
  rolbypassrls: boolean;
  rolsuper: boolean;
  rolcreaterole: boolean;
  rolconfig: string[] | null;
}

/** Statements that bring the cluster's roles to what they must be; none for what is right already. */
async function roleStatements(client: pg.ClientBase, user: string): Promise<string[]> {
  const existing = await client.query<ExistingRole>(
    'select rolname, rolcanlogin, rolinherit, rolbypassrls, rolsuper, rolcreaterole, rolconfig from pg_roles where rolname = any($1)',
    [[...ROLES.map((r) => r.name), user]],
  );
  const byName = new Map(existing.rows.map((row) => [row.rolname, row]));
  const statements: string[] = [];
  for (const role of ROLES) {
    const found = byName.get(role.name);
    if (found === undefined) statements.push(`CREATE ROLE ${role.name} ${attributes(role)}`);
    // DATABASE_URL's user may be the owner itself; then it signs in, and that is for its administrator to say.
    else if (role.name !== user && !matches(found, role)) {
      statements.push(`ALTER ROLE ${role.name} ${found.rolsuper ? 'NOSUPERUSER ' : ''}${attributes(role)}`);
    }
    for (const [name, value] of Object.entries(role.settings)) {
      if (found?.rolconfig?.includes(`${name}=${value}`) !== true) {
        statements.push(`ALTER ROLE ${role.name} SET ${name} = ${literal(value)}`);
      }
    }
  }
  const members = await client.query<{ key: string }>(
    `select r.rolname || '>' || m.rolname || '>' || a.inherit_option as key
     from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member where a.set_option`,
  );
  const granted = new Set(members.rows.map((row) => row.key));
  for (const { role, member, inherit } of MEMBERSHIPS) {
    if (!granted.has(`${role}>${member}>${inherit}`)) {
      statements.push(`GRANT ${role} TO ${member} WITH INHERIT ${inherit ? 'TRUE' : 'FALSE'}, SET TRUE`);
    }
  }
  const isSuper = byName.get(user)?.rolsuper === true;
  const maySet = [true, false].some((inherit) => granted.has(`${OWNER_ROLE}>${user}>${inherit}`));
  if (!isSuper && user !== OWNER_ROLE && !maySet) {
    statements.push(`GRANT ${OWNER_ROLE} TO ${identifier(user)} WITH INHERIT TRUE, SET TRUE`);
  }
  return statements;
}

function matches(found: ExistingRole, role: RoleAttributes): boolean {
  return (
    !found.rolsuper &&
    !found.rolcreaterole &&
    found.rolcanlogin === role.login &&
    found.rolinherit === role.inherit &&
    found.rolbypassrls === role.bypassRls
  );
}

/** Statements about this one database: who may connect, and that only the owner makes things in it. */
async function databaseStatements(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string; owner: string; ready: boolean }>(
    `select d.datname as name, n.nspowner::regrole::text as owner,
       not has_schema_privilege('public', n.oid, 'CREATE') and coalesce(has_database_privilege(to_regrole($1)::oid, d.oid, 'CREATE'), false)
       and not exists (select from aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a where a.grantee = 0)
       and not exists (select from unnest($2::text[]) r
         where not coalesce(has_database_privilege(to_regrole(r)::oid, d.oid, 'CONNECT'), false)) as ready
     from pg_database d, pg_namespace n where d.datname = current_database() and n.nspname = 'public'`,
    [OWNER_ROLE, [...SERVICE_ROLES]],
  );
  const database = rows[0];
  if (database === undefined) return [`CREATE SCHEMA public AUTHORIZATION ${OWNER_ROLE}`];
  if (database.ready && database.owner === OWNER_ROLE) return [];
  const name = identifier(database.name);
  return [
    `GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${name} TO ${OWNER_ROLE}`,
    `GRANT CONNECT ON DATABASE ${name} TO ${SERVICE_ROLES.join(', ')}`,
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
    `ALTER SCHEMA public OWNER TO ${OWNER_ROLE}`,
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
  ];
}

async function canSignIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    return true;
  } catch {
    // Whatever the reason: the caller then names the statement that sets the password.
    return false;
  } finally {
    await client.end();
  }
}

/** Sets the derived passwords of roles that can't sign in with them yet. */
async function passwordStatements(databaseUrl: string): Promise<string[]> {
  const statements: string[] = [];
  for (const role of SERVICE_ROLES) {
    if (await canSignIn(serviceUrl(databaseUrl, role))) continue;
    const verifier = scramVerifier(servicePassword(databaseUrl, role));
    statements.push(`ALTER ROLE ${role} PASSWORD ${literal(verifier)}`);
  }
  return statements;
}

/** One part of the state that must be reached: answers the statements that are missing. */
type Part = () => Promise<string[]>;

async function apply(client: pg.ClientBase, part: Part): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      for (const statement of await part()) await client.query(statement);
      return;
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (code === undefined || !RACE.has(code) || attempt === 20) throw error;
      await sleep(20 + Math.random() * 30 * attempt);
    }
  }
}

/**
 * Makes the five roles, their memberships, passwords and this database's grants what they must be. Idempotent, and safe
 * beside others who do the same from another database of the cluster (roles belong to the whole cluster).
 * `owner` is signed in with `databaseUrl`.
 * @throws DatabaseRolesError with the SQL to run when DATABASE_URL's user may not do it, DatabasePasswordError.
 */
export async function ensureRoles(owner: pg.ClientBase, databaseUrl: string): Promise<void> {
  const { user } = connectionOf(databaseUrl);
  const parts: Part[] = [
    () => roleStatements(owner, user),
    () => databaseStatements(owner),
    () => passwordStatements(databaseUrl),
  ];
  try {
    for (const part of parts) await apply(owner, part);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== MAY_NOT) throw error;
    const missing: string[] = [];
    for (const part of parts) missing.push(...(await part()));
    throw new DatabaseRolesError(user, `${missing.join(';\n')};`, { cause: error });
  }
}
