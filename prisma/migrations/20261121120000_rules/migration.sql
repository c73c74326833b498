-- Sigma rules of tenants: their own and imported ones, versions, settings (of managed rules too), and what each found.

-- One YAML document a row. The managed pack is on disk (`rules/`), not here.
CREATE TABLE rules (
  id          uuid PRIMARY KEY,
  tenant_id   uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  -- The id in the YAML; the row's own where it has none. Alerts name the rule by it.
  sigma_id    text NOT NULL CHECK (length(sigma_id) BETWEEN 1 AND 90),
  -- Other rules may refer to this one by it.
  name        text,
  title       text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('detection', 'correlation', 'filter')),
  level       text CHECK (level IN ('informational', 'low', 'medium', 'high', 'critical')),
  status      text,
  description text,
  tags        text[] NOT NULL DEFAULT '{}',
  log_source  jsonb NOT NULL DEFAULT '{}',
  origin      text NOT NULL CHECK (origin IN ('own', 'import')),
  yaml        text NOT NULL,
  version     integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at  timestamptz(3) NOT NULL DEFAULT now(),
  updated_at  timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, sigma_id)
);
CREATE INDEX rules_title ON rules (tenant_id, lower(title), id);

-- Every text that a rule ever had, the present one too.
CREATE TABLE rule_versions (
  tenant_id  uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  rule_id    uuid NOT NULL,
  version    integer NOT NULL CHECK (version > 0),
  title      text NOT NULL,
  yaml       text NOT NULL,
  actor      text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, rule_id, version),
  FOREIGN KEY (tenant_id, rule_id) REFERENCES rules(tenant_id, id) ON DELETE CASCADE
);

-- What a tenant chose for a rule: `rule_id` is the id of a row of `rules` or the Sigma id of a managed rule. No row: on, as written.
CREATE TABLE rule_settings (
  tenant_id        uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  rule_id          uuid NOT NULL,
  enabled          boolean NOT NULL DEFAULT true,
  level            text CHECK (level IN ('informational', 'low', 'medium', 'high', 'critical')),
  threshold        integer CHECK (threshold BETWEEN 1 AND 10000),
  timespan_seconds integer CHECK (timespan_seconds BETWEEN 1 AND 2678400),
  updated_at       timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, rule_id)
);

-- By hour of processing. `matches` are counted in the transaction that stores the events; the rest is told now and then. `evaluation_us` is
-- what the `evaluations` that were timed took, a sample.
CREATE TABLE rule_stats (
  tenant_id     uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  rule_id       uuid NOT NULL,
  hour          timestamptz(0) NOT NULL,
  matches       bigint NOT NULL DEFAULT 0,
  errors        bigint NOT NULL DEFAULT 0,
  evaluations   bigint NOT NULL DEFAULT 0,
  evaluation_us bigint NOT NULL DEFAULT 0,
  last_match_at timestamptz(3),
  last_error    text,
  PRIMARY KEY (tenant_id, rule_id, hour)
) WITH (fillfactor = 70);

SELECT protect_tenant_table(t) FROM unnest(ARRAY['rules', 'rule_versions', 'rule_settings', 'rule_stats']::regclass[]) AS t;

GRANT SELECT, INSERT, UPDATE, DELETE ON rules, rule_settings TO parapet_app;
GRANT SELECT, INSERT ON rule_versions TO parapet_app;
GRANT SELECT, DELETE ON rule_stats TO parapet_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON rule_stats TO parapet_writer;
GRANT SELECT ON rules, rule_versions, rule_settings, rule_stats TO parapet_sre;

-- ── What the processor must know of all tenants ─────────────────────────────────────────────────────────────────

INSERT INTO config_versions (kind) VALUES ('rules');
CREATE TRIGGER bump_rules AFTER INSERT OR UPDATE OR DELETE ON rules
  FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version('rules');
CREATE TRIGGER bump_rules AFTER INSERT OR UPDATE OR DELETE ON rule_settings
  FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version('rules');

-- Which tenants have something of their own, and a stamp that any change of it changes (every writing transaction has its own xmin).
CREATE FUNCTION processing_rule_stamps()
  RETURNS TABLE (tenant_id uuid, stamp text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.tenant_id, md5(string_agg(a.part, ',' ORDER BY a.part)) FROM (
    SELECT r.tenant_id, 'r' || r.id || '.' || r.xmin AS part FROM public.rules r
    UNION ALL SELECT s.tenant_id, 's' || s.rule_id || '.' || s.xmin FROM public.rule_settings s) AS a
  GROUP BY a.tenant_id
$$;

CREATE FUNCTION processing_rules(wanted uuid[])
  RETURNS TABLE (tenant_id uuid, id uuid, sigma_id text, version integer, yaml text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.tenant_id, r.id, r.sigma_id, r.version, r.yaml FROM public.rules r
  WHERE r.tenant_id = ANY (wanted) ORDER BY r.tenant_id, r.id
$$;

CREATE FUNCTION processing_rule_settings(wanted uuid[])
  RETURNS TABLE (tenant_id uuid, rule_id uuid, enabled boolean, level text, threshold integer, timespan_seconds integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.tenant_id, s.rule_id, s.enabled, s.level, s.threshold, s.timespan_seconds FROM public.rule_settings s
  WHERE s.tenant_id = ANY (wanted)
$$;

REVOKE ALL ON FUNCTION processing_rule_stamps(), processing_rules(uuid[]), processing_rule_settings(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION processing_rule_stamps(), processing_rules(uuid[]), processing_rule_settings(uuid[]) TO parapet_writer;

GRANT SELECT ON rules, rule_settings TO parapet_definer;
GRANT CREATE ON SCHEMA public TO parapet_definer;
ALTER FUNCTION processing_rule_stamps() OWNER TO parapet_definer;
ALTER FUNCTION processing_rules(uuid[]) OWNER TO parapet_definer;
ALTER FUNCTION processing_rule_settings(uuid[]) OWNER TO parapet_definer;
REVOKE CREATE ON SCHEMA public FROM parapet_definer;
