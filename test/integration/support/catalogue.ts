/** Answers the rows of a query whose one column is `name`. */
type NamesOf = (sql: string) => Promise<{ name: string }[]>;

interface Check {
  /** What a row of the answer breaks. */
  promise: string;
  /** Answers the offenders as `name`. */
  sql: string;
}

const SERVICES = `('parapet_app', 'parapet_writer', 'parapet_sre')`;
const OURS = `relnamespace = 'public'::regnamespace`;
const FUNCTIONS = `FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace`;

/** Tenant tables: those with a tenant_id, and tenants itself, whose id it is. */
const TENANT_TABLES = `SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity,
    CASE WHEN c.relname = 'tenants' THEN 'id' ELSE 'tenant_id' END AS tenant_column
  FROM pg_class c WHERE ${OURS} AND c.relkind IN ('r', 'p') AND (c.relname = 'tenants'
    OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))`;

/** As PostgreSQL prints the policy's expression back. */
const OWN_ROWS = `format('(%s = ( SELECT (NULLIF(current_setting(''app.tenant_id''::text, true), ''''::text))::uuid AS "nullif"))', t.tenant_column)`;

const CHECKS: readonly Check[] = [
  {
    promise: 'a tenant table has RLS enabled and forced',
    sql: `SELECT t.relname AS name FROM (${TENANT_TABLES}) t WHERE NOT (t.relrowsecurity AND t.relforcerowsecurity)`,
  },
  {
    promise: 'a tenant table has our policy, with USING and WITH CHECK, for everybody and everything',
    sql: `SELECT t.relname AS name FROM (${TENANT_TABLES}) t WHERE NOT EXISTS (
      SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polname = 'tenant_isolation' AND p.polcmd = '*' AND p.polroles = '{0}'
        AND pg_get_expr(p.polqual, p.polrelid) = ${OWN_ROWS} AND pg_get_expr(p.polwithcheck, p.polrelid) = ${OWN_ROWS})`,
  },
  {
    promise: 'no table has a policy beside ours and the SRE’s read',
    sql: `SELECT p.polrelid::regclass || '.' || p.polname AS name FROM pg_policy p WHERE p.polname <> 'tenant_isolation' AND NOT
      (p.polname = 'sre_read' AND p.polcmd = 'r' AND p.polroles = ARRAY['parapet_sre'::regrole::oid])`,
  },
  {
    promise: 'a table without a tenant is out of the tenants’ reach, but for the versions of configuration',
    sql: `SELECT c.relname AS name FROM pg_class c WHERE ${OURS} AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
      AND c.relname <> 'config_versions' AND has_any_column_privilege('parapet_app', c.oid, 'SELECT, INSERT, UPDATE')`,
  },
  {
    promise: 'partitions are reached through their table only',
    sql: `SELECT r.rolname || ' ' || c.relname AS name FROM pg_class c, pg_roles r WHERE ${OURS} AND c.relispartition
      AND r.rolname IN ${SERVICES} AND has_any_column_privilege(r.rolname, c.oid, 'SELECT, INSERT, UPDATE')`,
  },
  {
    promise: 'a view runs as whoever asks',
    sql: `SELECT c.relname AS name FROM pg_class c WHERE ${OURS} AND c.relkind IN ('v', 'm')
      AND (c.relkind = 'm' OR NOT coalesce('security_invoker=true' = ANY (c.reloptions), false))`,
  },
  {
    promise: 'everything belongs to the owner, or a function to the definer',
    sql: `SELECT c.relname AS name FROM pg_class c WHERE ${OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
        AND c.relowner <> 'parapet_owner'::regrole
      UNION ALL SELECT p.proname ${FUNCTIONS} AND p.proowner NOT IN ('parapet_owner'::regrole, 'parapet_definer'::regrole)`,
  },
  {
    promise: 'only the writer and the definer bypass RLS; nobody is a superuser or makes roles and databases',
    sql: `SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'parapet\\_%' AND (rolsuper OR rolcreaterole OR rolcreatedb
      OR rolreplication OR rolbypassrls <> (rolname IN ('parapet_writer', 'parapet_definer')))`,
  },
  {
    promise: 'only the services sign in',
    sql: `SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'parapet\\_%' AND rolcanlogin <> (rolname IN ${SERVICES})`,
  },
  {
    promise: 'a service role becomes no other, but the writer becomes the app',
    sql: `SELECT a.member::regrole || ' → ' || a.roleid::regrole AS name FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member
      WHERE m.rolname IN ${SERVICES} AND NOT (m.rolname = 'parapet_writer' AND a.roleid = 'parapet_app'::regrole AND NOT a.inherit_option AND NOT a.admin_option)`,
  },
  {
    promise: 'a service role makes nothing in the database',
    sql: `SELECT rolname AS name FROM pg_roles WHERE rolname IN ${SERVICES} AND (has_schema_privilege(rolname, 'public', 'CREATE')
      OR has_database_privilege(rolname, current_database(), 'CREATE, TEMPORARY'))`,
  },
  {
    promise: 'only named roles connect to the database',
    sql: `SELECT d.datname AS name FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
      WHERE d.datname = current_database() AND x.grantee = 0`,
  },
  {
    promise: 'a function with its owner’s rights looks in no schema that somebody else fills',
    sql: `SELECT p.proname AS name ${FUNCTIONS} AND p.prosecdef
      AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)`,
  },
  {
    promise: 'a function is for the roles that were named',
    sql: `SELECT p.proname AS name ${FUNCTIONS}
      AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x WHERE x.grantee = 0)`,
  },
  {
    promise: 'the writer reads no events, the app stores none, the SRE changes nothing',
    sql: `SELECT 'parapet_writer events' AS name WHERE has_any_column_privilege('parapet_writer', 'events', 'SELECT, UPDATE')
      UNION ALL SELECT 'parapet_app events' WHERE has_any_column_privilege('parapet_app', 'events', 'INSERT, UPDATE')
        OR has_table_privilege('parapet_app', 'events', 'DELETE, TRUNCATE')
      UNION ALL SELECT 'parapet_sre ' || c.relname FROM pg_class c WHERE ${OURS} AND c.relkind IN ('r', 'p')
        AND (has_any_column_privilege('parapet_sre', c.oid, 'INSERT, UPDATE') OR has_table_privilege('parapet_sre', c.oid, 'DELETE, TRUNCATE'))`,
  },
];

/** Walks the catalogue and lists every broken promise with the name of what breaks it. */
export async function findCatalogueProblems(namesOf: NamesOf): Promise<string[]> {
  const problems: string[] = [];
  for (const check of CHECKS) {
    for (const { name } of await namesOf(check.sql)) problems.push(`${name}: ${check.promise}`);
  }
  return problems;
}
