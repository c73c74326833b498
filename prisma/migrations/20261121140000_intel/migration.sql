-- Threat intelligence: feeds of indicators, and what a tenant never wants to be told of.

-- A feed of the platform's tenant is shared: its indicators are matched for every customer.
CREATE TABLE intel_feeds (
  id                uuid PRIMARY KEY,
  tenant_id         uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  kind              text NOT NULL CHECK (kind IN ('plain', 'csv', 'stix', 'taxii', 'misp')),
  -- Null: its content is uploaded.
  url               text CHECK (length(url) <= 2000),
  -- How a CSV file is to be read.
  csv               jsonb,
  -- Of indicators of which the feed says none, 0–100.
  confidence        smallint NOT NULL DEFAULT 50 CHECK (confidence BETWEEN 0 AND 100),
  -- How long an indicator counts that has no end of its own; null: as long as it is listed.
  valid_days        integer CHECK (valid_days BETWEEN 1 AND 3650),
  interval_minutes  integer NOT NULL DEFAULT 60 CHECK (interval_minutes BETWEEN 5 AND 43200),
  enabled           boolean NOT NULL DEFAULT true,
  auth              text NOT NULL DEFAULT 'none' CHECK (auth IN ('none', 'basic', 'bearer')),
  auth_user         text CHECK (length(auth_user) <= 200),
  -- Sealed by the API (AES-256-GCM).
  secret            bytea,
  -- What the server said of the content that is there (RFC 9110 8.8).
  etag              text,
  last_modified     text,
  -- Changes when its indicators do, or what is said of all of them.
  revision          bigint NOT NULL DEFAULT 1,
  indicators        integer NOT NULL DEFAULT 0,
  refused           integer NOT NULL DEFAULT 0,
  -- The first entries that were not taken, and why.
  refusals          jsonb NOT NULL DEFAULT '[]',
  last_run_at       timestamptz(3),
  last_success_at   timestamptz(3),
  last_error        text,
  next_run_at       timestamptz(3),
  -- A process is at it; one that died is taken for dead after a while.
  running_since     timestamptz(3),
  created_at        timestamptz(3) NOT NULL DEFAULT now(),
  updated_at        timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  CONSTRAINT intel_feeds_name UNIQUE (tenant_id, name),
  CHECK ((kind = 'csv') = (csv IS NOT NULL)),
  CHECK (kind <> 'taxii' OR url IS NOT NULL),
  CHECK ((auth = 'none') = (secret IS NULL) AND (auth = 'basic') = (auth_user IS NOT NULL) AND (auth = 'none' OR url IS NOT NULL))
);
CREATE INDEX intel_feeds_due ON intel_feeds (next_run_at) WHERE enabled AND url IS NOT NULL;

-- Values in their one spelling (libs/enrich, readIntelValue), compared byte by byte, so that what begins alike lies together.
CREATE TABLE intel_indicators (
  tenant_id   uuid NOT NULL,
  feed_id     uuid NOT NULL,
  type        text COLLATE "C" NOT NULL CHECK (type IN ('address', 'domain', 'url', 'file_hash')),
  value       text COLLATE "C" NOT NULL CHECK (octet_length(value) BETWEEN 1 AND 1024),
  confidence  smallint NOT NULL CHECK (confidence BETWEEN 0 AND 100),
  valid_until timestamptz(0),
  first_seen  timestamptz(0) NOT NULL,
  last_seen   timestamptz(0),
  description text CHECK (length(description) <= 200),
  PRIMARY KEY (tenant_id, feed_id, type, value),
  FOREIGN KEY (tenant_id, feed_id) REFERENCES intel_feeds(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX intel_indicators_value ON intel_indicators (tenant_id, value, type, feed_id);
CREATE INDEX intel_indicators_end ON intel_indicators (tenant_id, valid_until) WHERE valid_until IS NOT NULL;

CREATE TABLE intel_allowed (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  type       text COLLATE "C" NOT NULL CHECK (type IN ('address', 'domain', 'url', 'file_hash')),
  value      text COLLATE "C" NOT NULL CHECK (octet_length(value) BETWEEN 1 AND 1024),
  note       text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  CONSTRAINT intel_allowed_value UNIQUE (tenant_id, type, value)
);

-- ── Row-level security and grants ───────────────────────────────────────────────────────────────────────────────

SELECT protect_tenant_table(t) FROM unnest(ARRAY['intel_feeds', 'intel_indicators', 'intel_allowed']::regclass[]) AS t;

GRANT SELECT, INSERT, UPDATE, DELETE ON intel_feeds, intel_indicators, intel_allowed TO parapet_app;
GRANT SELECT ON intel_indicators, intel_allowed TO parapet_sre;
-- Addresses of paid feeds hold keys.
GRANT SELECT (id, tenant_id, name, kind, confidence, interval_minutes, enabled, indicators, refused, last_run_at, last_success_at,
  last_error, next_run_at, created_at, updated_at) ON intel_feeds TO parapet_sre;

-- ── Across tenants ──────────────────────────────────────────────────────────────────────────────────────────────

INSERT INTO config_versions (kind) VALUES ('intel');
CREATE TRIGGER bump_intel AFTER INSERT OR DELETE OR UPDATE OF name, enabled, revision ON intel_feeds
  FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version('intel');
CREATE TRIGGER bump_intel AFTER INSERT OR UPDATE OR DELETE ON intel_allowed
  FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version('intel');

-- The ingestor: feeds that count, their number of indicators, and whether they are everybody's.
CREATE FUNCTION ingest_intel_feeds()
  RETURNS TABLE (tenant_id uuid, shared boolean, feed_id uuid, name text, revision bigint, indicators integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.tenant_id, t.kind = 'platform', f.id, f.name, f.revision, f.indicators
  FROM public.intel_feeds f JOIN public.tenants t ON t.id = f.tenant_id
  WHERE f.enabled AND t.status = 'active' ORDER BY f.tenant_id, f.id
$$;

CREATE FUNCTION ingest_intel_allowed()
  RETURNS TABLE (tenant_id uuid, type text, value text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.tenant_id, a.type, a.value FROM public.intel_allowed a JOIN public.tenants t ON t.id = a.tenant_id
  WHERE t.status = 'active' ORDER BY a.tenant_id, a.type, a.value
$$;

-- A page of one feed's indicators in the order of its key.
CREATE FUNCTION ingest_intel_page(of_tenant uuid, of_feed uuid, after_type text, after_value text, most integer)
  RETURNS TABLE (type text, value text, confidence smallint, valid_until timestamptz, first_seen timestamptz, last_seen timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.type, i.value, i.confidence, i.valid_until, i.first_seen, i.last_seen FROM public.intel_indicators i
  WHERE i.tenant_id = of_tenant AND i.feed_id = of_feed AND (i.type, i.value) > (after_type COLLATE "C", after_value COLLATE "C")
  ORDER BY i.type, i.value LIMIT least(most, 20000)
$$;

-- Which feeds are due; each is then claimed under its own tenant's policy.
CREATE FUNCTION intel_due_feeds() RETURNS TABLE (tenant_id uuid, feed_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.tenant_id, f.id FROM public.intel_feeds f JOIN public.tenants t ON t.id = f.tenant_id
  WHERE f.enabled AND f.url IS NOT NULL AND f.next_run_at <= now() AND t.status = 'active'
    AND (f.running_since IS NULL OR f.running_since < now() - interval '15 minutes')
  ORDER BY f.next_run_at LIMIT 100
$$;

CREATE FUNCTION intel_expired_tenants() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.id FROM public.tenants t WHERE EXISTS (
    SELECT FROM public.intel_indicators i WHERE i.tenant_id = t.id AND i.valid_until < now() - interval '30 days')
$$;

-- What the operator lists of these values: for a look-up by hand, which shows what an event would meet.
CREATE FUNCTION intel_shared(types text[], vals text[])
  RETURNS TABLE (type text, value text, confidence smallint, valid_until timestamptz, first_seen timestamptz, last_seen timestamptz,
    description text, feed_id uuid, feed_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.type, i.value, i.confidence, i.valid_until, i.first_seen, i.last_seen, i.description, f.id, f.name
  FROM public.tenants t JOIN public.intel_feeds f ON f.tenant_id = t.id AND f.enabled
    JOIN unnest(types, vals) AS w(type, value) ON true
    JOIN public.intel_indicators i ON i.tenant_id = t.id AND i.feed_id = f.id AND i.type = w.type AND i.value = w.value
  WHERE t.kind = 'platform' AND t.status = 'active' LIMIT 200
$$;

REVOKE ALL ON FUNCTION ingest_intel_feeds(), ingest_intel_allowed(), ingest_intel_page(uuid, uuid, text, text, integer),
  intel_due_feeds(), intel_expired_tenants(), intel_shared(text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest_intel_feeds(), ingest_intel_allowed(), ingest_intel_page(uuid, uuid, text, text, integer) TO parapet_writer;
GRANT EXECUTE ON FUNCTION intel_due_feeds(), intel_expired_tenants(), intel_shared(text[], text[]) TO parapet_app;

GRANT SELECT (id, tenant_id, name, url, enabled, revision, indicators, next_run_at, running_since) ON intel_feeds TO parapet_definer;
GRANT SELECT ON intel_indicators TO parapet_definer;
GRANT SELECT (tenant_id, type, value) ON intel_allowed TO parapet_definer;
GRANT CREATE ON SCHEMA public TO parapet_definer;
ALTER FUNCTION ingest_intel_feeds() OWNER TO parapet_definer;
ALTER FUNCTION ingest_intel_allowed() OWNER TO parapet_definer;
ALTER FUNCTION ingest_intel_page(uuid, uuid, text, text, integer) OWNER TO parapet_definer;
ALTER FUNCTION intel_due_feeds() OWNER TO parapet_definer;
ALTER FUNCTION intel_expired_tenants() OWNER TO parapet_definer;
ALTER FUNCTION intel_shared(text[], text[]) OWNER TO parapet_definer;
REVOKE CREATE ON SCHEMA public FROM parapet_definer;

-- An indicator that was met once is worth an alert, so a threshold may be 1.
ALTER TABLE detectors
  DROP CONSTRAINT detectors_threshold_check,
  ADD CONSTRAINT detectors_threshold_check CHECK (threshold BETWEEN 1 AND 1000);
