-- Ingestion: senders that prove who they are, API keys, custom parsers, assets, and the replay of what could not be taken.

-- ── Sources that are known by more than their address ───────────────────────────────────────────────────────────

-- A certificate (SHA-256 of its DER form, RFC 5425 4.2.2) or a token names the tenant more strongly than an address does.
ALTER TABLE sources
  ALTER COLUMN cidr DROP NOT NULL,
  ADD COLUMN identified_by text NOT NULL DEFAULT 'address' CHECK (identified_by IN ('address', 'certificate', 'token')),
  ADD COLUMN certificate_sha256 bytea CHECK (octet_length(certificate_sha256) = 32),
  ADD COLUMN token_hash bytea CHECK (octet_length(token_hash) = 32),
  ADD COLUMN token_prefix text,
  ADD CONSTRAINT sources_identity CHECK (
    (identified_by = 'address') = (cidr IS NOT NULL)
    AND (identified_by = 'certificate') = (certificate_sha256 IS NOT NULL)
    AND (identified_by = 'token') = (token_hash IS NOT NULL)),
  ADD CONSTRAINT sources_certificate_key UNIQUE (certificate_sha256),
  ADD CONSTRAINT sources_token_key UNIQUE (token_hash);
GRANT UPDATE (identified_by, certificate_sha256, token_hash, token_prefix) ON sources TO parapet_app;

-- ── API keys ────────────────────────────────────────────────────────────────────────────────────────────────────

-- A key is shown once; only its SHA-256 is kept (256 random bits need no slow hash). `prefix` tells keys apart in lists.
CREATE TABLE api_keys (
  id           uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  name         text NOT NULL,
  prefix       text NOT NULL,
  hash         bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0),
  source_type  text NOT NULL DEFAULT 'auto',
  time_zone    text NOT NULL DEFAULT 'UTC',
  created_by   uuid,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  expires_at   timestamptz(3),
  last_used_at timestamptz(3),
  revoked_at   timestamptz(3),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, created_by) REFERENCES users(tenant_id, id) ON DELETE SET NULL (created_by)
);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id, created_at, id);

-- ── Custom parsers and assets ───────────────────────────────────────────────────────────────────────────────────

CREATE TABLE parsers (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  -- Also the source type that asks for it.
  name       text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{1,39}$'),
  kind       text NOT NULL CHECK (kind IN ('grok', 'regex', 'json')),
  -- grok and regex: one pattern a line of the list, the first that matches counts. Empty for json.
  patterns   text[] NOT NULL DEFAULT '{}',
  -- json: JSON path → field. grok and regex: capture name → field, where it differs.
  fields     jsonb NOT NULL DEFAULT '{}',
  -- Values that every event of this parser gets, such as event.category.
  constants  jsonb NOT NULL DEFAULT '{}',
  -- Programs (syslog tags) whose lines it reads without being asked for by a source's type.
  programs   text[] NOT NULL DEFAULT '{}',
  samples    text[] NOT NULL DEFAULT '{}',
  enabled    boolean NOT NULL DEFAULT true,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, name)
);

-- What an address, host or user is to its owner.
CREATE TABLE assets (
  id          uuid PRIMARY KEY,
  tenant_id   uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  kind        text NOT NULL CHECK (kind IN ('address', 'host', 'user')),
  -- address: a prefix in canonical text; host and user: lower case.
  value       text NOT NULL CHECK (length(value) BETWEEN 1 AND 255),
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  criticality text NOT NULL DEFAULT 'medium' CHECK (criticality IN ('low', 'medium', 'high', 'critical')),
  created_at  timestamptz(3) NOT NULL DEFAULT now(),
  updated_at  timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, kind, value)
);
CREATE INDEX assets_tenant ON assets (tenant_id, created_at, id);

-- ── Replay ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- A replayed letter stays, so that what was lost and mended can be told; `replay_id` is the batch that brought it back.
ALTER TABLE dead_letters ADD COLUMN replayed_at timestamptz(3), ADD COLUMN replay_id uuid;
-- An event that fails again after its replay is a letter of its own: its first one is answered.
ALTER TABLE dead_letters DROP CONSTRAINT dead_letters_tenant_id_event_id_reason_key,
  ADD CONSTRAINT dead_letters_once UNIQUE (tenant_id, event_id, reason, batch_id);
CREATE INDEX dead_letters_replay ON dead_letters (tenant_id, replay_id) WHERE replay_id IS NOT NULL;
CREATE INDEX dead_letters_open ON dead_letters (tenant_id, created_at) WHERE replayed_at IS NULL;

-- ── Row-level security and grants ───────────────────────────────────────────────────────────────────────────────

SELECT protect_tenant_table(t) FROM unnest(ARRAY['api_keys', 'parsers', 'assets']::regclass[]) AS t;

GRANT SELECT, INSERT, UPDATE, DELETE ON parsers, assets, api_keys TO parapet_app;
GRANT UPDATE (replayed_at, replay_id), DELETE ON dead_letters TO parapet_app;
GRANT SELECT (id, tenant_id, name, prefix, scopes, source_type, time_zone, created_by, created_at, expires_at, last_used_at, revoked_at)
  ON api_keys TO parapet_sre;
GRANT SELECT ON parsers, assets TO parapet_sre;

-- ── What the ingestor must know of all tenants ──────────────────────────────────────────────────────────────────

INSERT INTO config_versions (kind) VALUES ('assets');
CREATE TRIGGER bump_routing AFTER INSERT OR DELETE OR UPDATE OF hash, scopes, source_type, time_zone, expires_at, revoked_at ON api_keys
  FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version('routing');
CREATE TRIGGER bump_routing AFTER INSERT OR UPDATE OR DELETE ON parsers
  FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version('routing');
CREATE TRIGGER bump_assets AFTER INSERT OR UPDATE OR DELETE ON assets
  FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version('assets');

DROP FUNCTION ingest_routing();
CREATE FUNCTION ingest_routing()
  RETURNS TABLE (source_id uuid, tenant_id uuid, tenant_slug text, cidr inet, certificate_sha256 text, token_hash text,
    source_type text, time_zone text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, s.tenant_id, t.slug, s.cidr, encode(s.certificate_sha256, 'hex'), encode(s.token_hash, 'hex'), s.type, s.time_zone
  FROM public.sources s JOIN public.tenants t ON t.id = s.tenant_id
  WHERE s.enabled AND s.status = 'active' AND t.status = 'active' AND t.kind = 'customer'
$$;

CREATE FUNCTION ingest_tenants()
  RETURNS TABLE (tenant_id uuid, tenant_slug text, quota_eps integer, quota_burst integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.id, t.slug, t.quota_eps, t.quota_burst FROM public.tenants t WHERE t.status = 'active' AND t.kind = 'customer'
$$;

CREATE FUNCTION ingest_api_keys()
  RETURNS TABLE (key_id uuid, tenant_id uuid, tenant_slug text, hash text, source_type text, time_zone text, expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.id, k.tenant_id, t.slug, encode(k.hash, 'hex'), k.source_type, k.time_zone, k.expires_at
  FROM public.api_keys k JOIN public.tenants t ON t.id = k.tenant_id
  WHERE 'ingest' = ANY (k.scopes) AND k.revoked_at IS NULL AND t.status = 'active' AND t.kind = 'customer'
$$;

CREATE FUNCTION ingest_parsers()
  RETURNS TABLE (tenant_id uuid, name text, kind text, patterns text[], fields jsonb, constants jsonb, programs text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.tenant_id, p.name, p.kind, p.patterns, p.fields, p.constants, p.programs
  FROM public.parsers p JOIN public.tenants t ON t.id = p.tenant_id
  WHERE p.enabled AND t.status = 'active' ORDER BY p.tenant_id, p.name
$$;

CREATE FUNCTION ingest_assets()
  RETURNS TABLE (tenant_id uuid, kind text, value text, name text, criticality text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.tenant_id, a.kind, a.value, a.name, a.criticality FROM public.assets a
$$;

-- When keys were last used: id → time, in one statement for all that were.
CREATE FUNCTION ingest_keys_used(used jsonb) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.api_keys k SET last_used_at = greatest(k.last_used_at, u.at::timestamptz)
  FROM jsonb_each_text(used) AS u(id, at) WHERE k.id = u.id::uuid
$$;

-- A request with an API key knows neither tenant nor user. Expired, revoked and suspended are told apart by the caller.
CREATE FUNCTION auth_find_api_key(wanted bytea)
  RETURNS TABLE (key_id uuid, tenant_id uuid, name text, scopes text[], expires_at timestamptz, revoked_at timestamptz, tenant_status text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.id, k.tenant_id, k.name, k.scopes, k.expires_at, k.revoked_at, t.status
  FROM public.api_keys k JOIN public.tenants t ON t.id = k.tenant_id WHERE k.hash = wanted
$$;

-- The operator's word on a claim that overlaps another customer's: the same who says whose a quarantined sender is.
CREATE FUNCTION sre_approve_source(approved uuid) RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.sources SET status = 'active', updated_at = now() WHERE id = approved AND status = 'pending_approval'
$$;

REVOKE ALL ON FUNCTION sre_approve_source(uuid), ingest_routing(), ingest_tenants(), ingest_api_keys(), ingest_parsers(), ingest_assets(),
  ingest_keys_used(jsonb), auth_find_api_key(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest_routing(), ingest_tenants(), ingest_api_keys(), ingest_parsers(), ingest_assets(),
  ingest_keys_used(jsonb) TO parapet_writer;
GRANT EXECUTE ON FUNCTION auth_find_api_key(bytea) TO parapet_app;
GRANT EXECUTE ON FUNCTION sre_approve_source(uuid) TO parapet_sre;

GRANT SELECT ON api_keys, parsers, assets TO parapet_definer;
GRANT UPDATE (last_used_at) ON api_keys TO parapet_definer;
GRANT UPDATE (status, updated_at) ON sources TO parapet_definer;
GRANT CREATE ON SCHEMA public TO parapet_definer;
ALTER FUNCTION ingest_routing() OWNER TO parapet_definer;
ALTER FUNCTION ingest_tenants() OWNER TO parapet_definer;
ALTER FUNCTION ingest_api_keys() OWNER TO parapet_definer;
ALTER FUNCTION ingest_parsers() OWNER TO parapet_definer;
ALTER FUNCTION ingest_assets() OWNER TO parapet_definer;
ALTER FUNCTION ingest_keys_used(jsonb) OWNER TO parapet_definer;
ALTER FUNCTION auth_find_api_key(bytea) OWNER TO parapet_definer;
ALTER FUNCTION sre_approve_source(uuid) OWNER TO parapet_definer;
REVOKE CREATE ON SCHEMA public FROM parapet_definer;
