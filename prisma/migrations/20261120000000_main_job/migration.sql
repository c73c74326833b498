-- The ground: tenants, identity, sources, detectors, events, alerts, notifications, audit.
-- Run as parapet_owner (`npx parapet migrate` creates the roles and switches to it).
--
-- Roles: parapet_app works for one tenant at a time under row-level security; parapet_writer stores events in bulk
-- (COPY is refused under RLS, so it bypasses RLS, but may not read events); parapet_sre reads across tenants;
-- parapet_definer can't sign in and owns the few look-ups that must cross tenants before the tenant is known.

CREATE FUNCTION current_tenant() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.tenant_id', true), '')::uuid;

-- ── Tenants and identity ────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE tenants (
  id             uuid PRIMARY KEY,
  slug           text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
  name           text NOT NULL,
  kind           text NOT NULL DEFAULT 'customer' CHECK (kind IN ('customer', 'platform')),
  status         text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
  retention_days integer NOT NULL DEFAULT 365 CHECK (retention_days BETWEEN 1 AND 3650),
  quota_eps      integer NOT NULL DEFAULT 100000 CHECK (quota_eps > 0),
  quota_burst    integer NOT NULL DEFAULT 500000 CHECK (quota_burst > 0),
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  updated_at     timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE users (
  id            uuid PRIMARY KEY,
  tenant_id     uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  email         text NOT NULL CHECK (email = lower(email)),
  name          text NOT NULL,
  role          text NOT NULL CHECK (role IN ('admin', 'analyst', 'viewer', 'sre')),
  password_hash text NOT NULL,
  status        text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  last_login_at timestamptz(3),
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  updated_at    timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id)
);
CREATE UNIQUE INDEX users_email_key ON users (email);

-- A session is a family of refresh tokens; only hashes are kept. `previous_hash` is the grace for parallel tabs.
CREATE TABLE sessions (
  id            uuid PRIMARY KEY,
  tenant_id     uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  user_id       uuid NOT NULL,
  refresh_hash  bytea NOT NULL,
  previous_hash bytea,
  rotated_at    timestamptz(3) NOT NULL DEFAULT now(),
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  expires_at    timestamptz(3) NOT NULL,
  revoked_at    timestamptz(3),
  revoke_reason text,
  ip            inet,
  user_agent    text,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_user ON sessions (tenant_id, user_id);

-- ── Sources and detectors ───────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE sources (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  name       text NOT NULL,
  cidr       inet NOT NULL CHECK (cidr = network(cidr)::inet),
  type       text NOT NULL DEFAULT 'auto',
  time_zone  text NOT NULL DEFAULT 'UTC',
  enabled    boolean NOT NULL DEFAULT true,
  status     text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'pending_approval')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  -- One prefix, one tenant: an event must never have two owners.
  CONSTRAINT sources_cidr_key UNIQUE (cidr)
);
CREATE INDEX sources_tenant ON sources (tenant_id, created_at, id);

-- Per source and hour of receipt, counted in the transaction that stores the events.
CREATE TABLE source_activity (
  tenant_id     uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  source_id     uuid NOT NULL,
  hour          timestamptz(0) NOT NULL,
  events        bigint NOT NULL,
  last_event_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, source_id, hour)
);

CREATE TABLE detectors (
  id             uuid PRIMARY KEY,
  tenant_id      uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  kind           text NOT NULL,
  enabled        boolean NOT NULL,
  threshold      integer NOT NULL CHECK (threshold BETWEEN 2 AND 1000),
  window_seconds integer NOT NULL CHECK (window_seconds BETWEEN 10 AND 86400),
  severity       text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low', 'info')),
  exceptions     text[] NOT NULL DEFAULT '{}',
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  updated_at     timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, kind)
);

-- Bumped whenever configuration changes; ingestor and processor poll it and reload what changed.
CREATE TABLE config_versions (
  kind    text PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1
);
INSERT INTO config_versions (kind) VALUES ('routing'), ('detectors');

-- ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- Columns are what lists, filters and the overview need; everything else of the event is in `fields` (flat ECS names).
CREATE TABLE events (
  tenant_id        uuid NOT NULL,
  id               uuid NOT NULL,
  ts               timestamptz(3) NOT NULL,
  ingested_at      timestamptz(3) NOT NULL,
  source_id        uuid,
  severity         smallint NOT NULL,
  category         text,
  action           text,
  outcome          text,
  dataset          text,
  source_ip        inet,
  source_port      integer,
  destination_ip   inet,
  destination_port integer,
  user_name        text,
  host_name        text,
  process_name     text,
  country_code     text,
  message          text NOT NULL,
  original         text NOT NULL,
  fields           jsonb NOT NULL,
  PRIMARY KEY (tenant_id, id, ts)
) PARTITION BY RANGE (ts);
CREATE INDEX events_time ON events (tenant_id, ts, id) INCLUDE (severity, outcome, source_ip, country_code);
CREATE INDEX events_source_ip ON events (tenant_id, source_ip, ts) WHERE source_ip IS NOT NULL;

-- One row a stored batch, written in the transaction of its COPY: a batch delivered twice is stored once.
CREATE TABLE batch_ledger (
  batch_id  uuid PRIMARY KEY,
  events    integer NOT NULL,
  stored_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX batch_ledger_stored_at ON batch_ledger (stored_at);

CREATE TABLE dead_letters (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  event_id   uuid,
  batch_id   uuid,
  stage      text NOT NULL,
  reason     text NOT NULL,
  detail     text,
  event      jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, event_id, reason)
);
CREATE INDEX dead_letters_time ON dead_letters (tenant_id, created_at);

-- Senders that belong to no tenant, with a bounded sample. The platform's own table: no tenant may read it.
CREATE TABLE quarantine (
  address    inet NOT NULL,
  transport  text NOT NULL,
  events     bigint NOT NULL,
  samples    jsonb NOT NULL DEFAULT '[]',
  first_seen timestamptz(3) NOT NULL DEFAULT now(),
  last_seen  timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (address, transport)
);

-- ── Alerts ──────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE alerts (
  id             uuid PRIMARY KEY,
  tenant_id      uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  detector       text NOT NULL,
  title          text NOT NULL,
  description    text NOT NULL,
  severity       smallint NOT NULL CHECK (severity BETWEEN 1 AND 5),
  score          smallint NOT NULL CHECK (score BETWEEN 0 AND 100),
  status         text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'acknowledged', 'investigating', 'resolved', 'false_positive')),
  group_fields   jsonb NOT NULL,
  group_key      text NOT NULL,
  technique      jsonb,
  event_count    bigint NOT NULL,
  evidence_count integer NOT NULL DEFAULT 0,
  first_seen     timestamptz(3) NOT NULL,
  last_seen      timestamptz(3) NOT NULL,
  window_seconds integer NOT NULL,
  historical     boolean NOT NULL DEFAULT false,
  source_ip      inet,
  source_geo     jsonb,
  assignee_id    uuid,
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  updated_at     timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, assignee_id) REFERENCES users(tenant_id, id) ON DELETE SET NULL (assignee_id)
) WITH (fillfactor = 60);
-- No index holds what every repeat changes (last_seen, counts), and pages have room: updates stay within the page (HOT).
CREATE INDEX alerts_created ON alerts (tenant_id, created_at, id);
CREATE INDEX alerts_group ON alerts (tenant_id, detector, group_key);

-- The events that made an alert. `event` is a copy, so that evidence outlives retention; null until copied.
CREATE TABLE alert_events (
  tenant_id uuid NOT NULL,
  alert_id  uuid NOT NULL,
  event_id  uuid NOT NULL,
  ts        timestamptz(3) NOT NULL,
  event     jsonb,
  PRIMARY KEY (tenant_id, alert_id, event_id),
  FOREIGN KEY (tenant_id, alert_id) REFERENCES alerts(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX alert_events_missing ON alert_events (tenant_id) WHERE event IS NULL;

CREATE TABLE alert_history (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL,
  alert_id   uuid NOT NULL,
  at         timestamptz(3) NOT NULL DEFAULT now(),
  actor_id   uuid,
  actor_name text NOT NULL,
  action     text NOT NULL CHECK (action IN ('created', 'status', 'assigned', 'note')),
  from_value text,
  to_value   text,
  note       text,
  FOREIGN KEY (tenant_id, alert_id) REFERENCES alerts(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX alert_history_alert ON alert_history (tenant_id, alert_id, at);

-- ── Notifications ───────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE notification_channels (
  id           uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  type         text NOT NULL CHECK (type IN ('email')),
  name         text NOT NULL,
  recipients   text[] NOT NULL,
  min_severity smallint NOT NULL CHECK (min_severity BETWEEN 1 AND 5),
  enabled      boolean NOT NULL DEFAULT true,
  last_error   text,
  last_sent_at timestamptz(3),
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  updated_at   timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX notification_channels_tenant ON notification_channels (tenant_id);

CREATE TABLE push_subscriptions (
  id           uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL,
  user_id      uuid NOT NULL,
  endpoint     text NOT NULL,
  p256dh       text NOT NULL,
  auth         text NOT NULL,
  label        text NOT NULL DEFAULT '',
  min_severity smallint NOT NULL CHECK (min_severity BETWEEN 1 AND 5),
  last_sent_at timestamptz(3),
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, endpoint),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id) ON DELETE CASCADE
);

-- Who was told of what: the unique key is the promise "at most once per alert, channel and recipient".
CREATE TABLE notifications (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL,
  alert_id   uuid NOT NULL,
  channel    text NOT NULL CHECK (channel IN ('email', 'webpush', 'websocket')),
  recipient  text NOT NULL,
  channel_id uuid,
  status     text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed')),
  attempts   integer NOT NULL DEFAULT 0,
  error      text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, alert_id, channel, recipient),
  FOREIGN KEY (tenant_id, alert_id) REFERENCES alerts(tenant_id, id) ON DELETE CASCADE
);

CREATE INDEX notifications_pending ON notifications (tenant_id) WHERE status = 'pending';

-- Messages that must leave exactly because a transaction committed.
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id    uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  kind         text NOT NULL,
  payload      jsonb NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  processed_at timestamptz(3)
);
CREATE INDEX outbox_open ON outbox (tenant_id, id) WHERE processed_at IS NULL;
CREATE INDEX outbox_done ON outbox (processed_at) WHERE processed_at IS NOT NULL;

-- ── Audit ───────────────────────────────────────────────────────────────────────────────────────────────────────

-- Insert-only and hash-chained per tenant: each row's hash covers the row before it.
CREATE TABLE audit_log (
  tenant_id uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  seq       bigint NOT NULL,
  at        timestamptz(3) NOT NULL,
  actor_id  uuid,
  actor     text NOT NULL,
  action    text NOT NULL,
  target    text,
  details   jsonb NOT NULL DEFAULT '{}',
  ip        inet,
  prev_hash bytea NOT NULL,
  hash      bytea NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);

CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE last record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || NEW.tenant_id, 0));
  SELECT seq, hash INTO last FROM public.audit_log WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(last.seq, 0) + 1;
  NEW.at := clock_timestamp();
  NEW.prev_hash := coalesce(last.hash, '\x'::bytea);
  NEW.hash := sha256(NEW.prev_hash || convert_to(jsonb_build_array(
    NEW.tenant_id, NEW.seq, extract(epoch FROM NEW.at), NEW.actor_id, NEW.actor, NEW.action, NEW.target, NEW.details, NEW.ip)::text, 'UTF8'));
  RETURN NEW;
END $$;
CREATE TRIGGER audit_chain BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_chain();

-- ── Configuration changes ───────────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION bump_config_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.config_versions SET version = version + 1 WHERE kind = ANY (TG_ARGV);
  RETURN NULL;
END $$;
CREATE TRIGGER bump_routing AFTER INSERT OR UPDATE OR DELETE ON sources FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version('routing');
CREATE TRIGGER bump_routing AFTER INSERT OR UPDATE OR DELETE ON tenants FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version('routing', 'detectors');
CREATE TRIGGER bump_detectors AFTER INSERT OR UPDATE OR DELETE ON detectors FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version('detectors');

-- ── Row-level security ──────────────────────────────────────────────────────────────────────────────────────────

-- Enables and forces RLS on a table, with the one policy that every tenant table has and the SRE's read policy.
CREATE FUNCTION protect_tenant_table(name regclass, tenant_column name DEFAULT 'tenant_id') RETURNS void LANGUAGE plpgsql AS $$
DECLARE own text := format('%I = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', tenant_column);
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
  EXECUTE format('CREATE POLICY tenant_isolation ON %s FOR ALL TO PUBLIC USING (%s) WITH CHECK (%s)', name, own, own);
  EXECUTE format('CREATE POLICY sre_read ON %s FOR SELECT TO parapet_sre USING (true)', name);
END $$;
REVOKE ALL ON FUNCTION protect_tenant_table(regclass, name) FROM PUBLIC;

SELECT protect_tenant_table('tenants', 'id');
SELECT protect_tenant_table(t) FROM unnest(ARRAY[
  'users', 'sessions', 'sources', 'source_activity', 'detectors', 'events', 'dead_letters', 'alerts', 'alert_events',
  'alert_history', 'notification_channels', 'push_subscriptions', 'notifications', 'outbox', 'audit_log']::regclass[]) AS t;

-- ── Partitions ──────────────────────────────────────────────────────────────────────────────────────────────────

-- Makes the partition of a day. Built beside the table and attached, because ATTACH lets readers and writers go on.
-- Returns whether it was new. The caller keeps days inside the tenants' retention.
CREATE FUNCTION ensure_events_partition(day date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  part text := 'events_' || to_char(day, 'YYYYMMDD');
  low timestamptz := day::timestamp AT TIME ZONE 'UTC';
  high timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
  IF day < current_date - 3660 OR day > current_date + 14 THEN
    RAISE EXCEPTION 'day % is outside what events may be about', day USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = part) THEN RETURN false; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('events_partition', 0));
  -- Asked again, of the table and not of to_regclass, whose cache doesn't see what was committed while we waited.
  IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = part) THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
  EXECUTE format('ALTER TABLE public.%I ADD CONSTRAINT partition_range CHECK (ts >= %L AND ts < %L)', part, low, high);
  PERFORM public.protect_tenant_table(format('public.%I', part)::regclass);
  EXECUTE format('ALTER TABLE public.events ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', part, low, high);
  EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT partition_range', part);
  RETURN true;
END $$;

-- Drops partitions that lie wholly before a day; at least the longest retention of all tenants is kept, whatever is asked.
CREATE FUNCTION drop_events_partitions(before date) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  part record;
  dropped integer := 0;
  keep date := current_date - public.longest_retention_days();
BEGIN
  FOR part IN
    SELECT c.relname, to_date(right(c.relname, 8), 'YYYYMMDD') AS day
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.events'::regclass
  LOOP
    IF part.day < least(before, keep) THEN
      EXECUTE format('DROP TABLE public.%I', part.relname);
      dropped := dropped + 1;
    END IF;
  END LOOP;
  RETURN dropped;
END $$;

-- ── Look-ups across tenants, each as narrow as its use ──────────────────────────────────────────────────────────

CREATE FUNCTION longest_retention_days() RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(max(retention_days), 365) FROM public.tenants
$$;

-- Sign-in knows an e-mail address and not yet a tenant.
CREATE FUNCTION auth_find_user(wanted text)
  RETURNS TABLE (user_id uuid, tenant_id uuid, password_hash text, user_status text, tenant_status text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT u.id, u.tenant_id, u.password_hash, u.status, t.status
  FROM public.users u JOIN public.tenants t ON t.id = u.tenant_id WHERE u.email = lower(wanted)
$$;

-- Which prefix belongs to whom: the ingestor's table.
CREATE FUNCTION ingest_routing()
  RETURNS TABLE (source_id uuid, tenant_id uuid, tenant_slug text, cidr inet, source_type text, time_zone text, quota_eps integer, quota_burst integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, s.tenant_id, t.slug, s.cidr, s.type, s.time_zone, t.quota_eps, t.quota_burst
  FROM public.sources s JOIN public.tenants t ON t.id = s.tenant_id
  WHERE s.enabled AND s.status = 'active' AND t.status = 'active' AND t.kind = 'customer'
$$;

-- What the processor must know of each tenant; tenants without a row for a detector use its defaults.
CREATE FUNCTION processing_config()
  RETURNS TABLE (tenant_id uuid, retention_days integer, detectors jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.id, t.retention_days, coalesce(jsonb_agg(jsonb_build_object(
    'kind', d.kind, 'enabled', d.enabled, 'threshold', d.threshold, 'windowSeconds', d.window_seconds,
    'severity', d.severity, 'exceptions', d.exceptions)) FILTER (WHERE d.id IS NOT NULL), '[]')
  FROM public.tenants t LEFT JOIN public.detectors d ON d.tenant_id = t.id
  WHERE t.kind = 'customer' GROUP BY t.id
$$;

CREATE FUNCTION outbox_tenants() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT tenant_id FROM public.outbox WHERE processed_at IS NULL
$$;

-- Tenants with notifications that are not delivered yet: where a look for lost jobs makes sense.
CREATE FUNCTION notify_tenants() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT tenant_id FROM public.notifications WHERE status = 'pending'
$$;

CREATE FUNCTION evidence_tenants() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT tenant_id FROM public.alert_events WHERE event IS NULL
$$;

-- Whether a prefix lies inside, or around, another tenant's: such a claim waits for the operator.
CREATE FUNCTION source_overlaps_foreign(claimant uuid, prefix inet) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.sources s WHERE s.tenant_id <> claimant AND s.cidr && prefix)
$$;

-- A claim that overlaps another customer's never becomes active by the claimant's own hand (nor may parapet_app write
-- `status`). Claims come one after the other, so that two that overlap can't miss each other.
CREATE FUNCTION hold_overlapping_source() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.cidr IS DISTINCT FROM OLD.cidr THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('sources', 0));
    NEW.status := CASE WHEN public.source_overlaps_foreign(NEW.tenant_id, NEW.cidr) THEN 'pending_approval' ELSE 'active' END;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hold_overlapping_source BEFORE INSERT OR UPDATE ON sources FOR EACH ROW EXECUTE FUNCTION hold_overlapping_source();

-- ── Grants ──────────────────────────────────────────────────────────────────────────────────────────────────────

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO parapet_app, parapet_writer, parapet_sre, parapet_definer;
GRANT EXECUTE ON FUNCTION current_tenant() TO parapet_app, parapet_writer, parapet_sre;

GRANT SELECT, INSERT ON tenants TO parapet_app;
GRANT SELECT ON config_versions TO parapet_app;
GRANT SELECT, INSERT, UPDATE ON users, sessions TO parapet_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON detectors, notification_channels, push_subscriptions TO parapet_app;
GRANT SELECT, INSERT, DELETE, UPDATE (name, cidr, type, time_zone, enabled, updated_at) ON sources TO parapet_app;
GRANT SELECT, INSERT, UPDATE ON alerts, alert_events, notifications, outbox TO parapet_app;
GRANT DELETE ON outbox TO parapet_app;
GRANT SELECT, INSERT ON alert_history, audit_log TO parapet_app;
GRANT SELECT ON events, source_activity TO parapet_app;
GRANT SELECT ON dead_letters TO parapet_app;
GRANT EXECUTE ON FUNCTION auth_find_user(text), outbox_tenants(), notify_tenants(), source_overlaps_foreign(uuid, inet) TO parapet_app;

GRANT INSERT ON events, dead_letters TO parapet_writer;
GRANT SELECT, INSERT, DELETE ON batch_ledger TO parapet_writer;
GRANT SELECT, INSERT, UPDATE ON source_activity, quarantine TO parapet_writer;
GRANT DELETE ON quarantine, source_activity TO parapet_writer;
GRANT SELECT ON config_versions TO parapet_writer;
GRANT EXECUTE ON FUNCTION ingest_routing(), processing_config(), evidence_tenants(), longest_retention_days(),
  ensure_events_partition(date), drop_events_partitions(date) TO parapet_writer;

GRANT SELECT ON tenants, sources, source_activity, detectors, events, dead_letters, alerts, alert_events, alert_history,
  notification_channels, notifications, outbox, audit_log, quarantine, batch_ledger, config_versions TO parapet_sre;
GRANT SELECT (id, tenant_id, email, name, role, status, last_login_at, created_at) ON users TO parapet_sre;

GRANT SELECT ON tenants, sources, detectors TO parapet_definer;
GRANT SELECT (id, tenant_id, email, password_hash, status) ON users TO parapet_definer;
GRANT SELECT (tenant_id, processed_at) ON outbox TO parapet_definer;
GRANT SELECT (tenant_id, status) ON notifications TO parapet_definer;
GRANT SELECT (tenant_id, event) ON alert_events TO parapet_definer;

-- The owner itself is under forced RLS, so what must see all tenants belongs to the role that may.
GRANT CREATE ON SCHEMA public TO parapet_definer;
ALTER FUNCTION longest_retention_days() OWNER TO parapet_definer;
ALTER FUNCTION auth_find_user(text) OWNER TO parapet_definer;
ALTER FUNCTION ingest_routing() OWNER TO parapet_definer;
ALTER FUNCTION processing_config() OWNER TO parapet_definer;
ALTER FUNCTION outbox_tenants() OWNER TO parapet_definer;
ALTER FUNCTION notify_tenants() OWNER TO parapet_definer;
ALTER FUNCTION evidence_tenants() OWNER TO parapet_definer;
ALTER FUNCTION source_overlaps_foreign(uuid, inet) OWNER TO parapet_definer;
REVOKE CREATE ON SCHEMA public FROM parapet_definer;
GRANT EXECUTE ON FUNCTION longest_retention_days() TO parapet_owner;
