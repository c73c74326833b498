-- Response: the block list that a tenant's firewalls fetch, and signed webhooks.

-- ── Block list ──────────────────────────────────────────────────────────────────────────────────────────────────

-- `manual`: typed in. `alert`: by a person, from an alert. `automatic`: by the tenant's rule on new alerts.
CREATE TABLE blocklist_entries (
  id            uuid PRIMARY KEY,
  tenant_id     uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  prefix        inet NOT NULL CHECK (prefix = network(prefix)::inet),
  reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  origin        text NOT NULL CHECK (origin IN ('manual', 'alert', 'automatic')),
  alert_id      uuid,
  -- The tenant said that this private or reserved range is meant.
  allow_private boolean NOT NULL DEFAULT false,
  created_by    uuid,
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  expires_at    timestamptz(3),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, prefix),
  CHECK ((origin = 'manual') <= (alert_id IS NULL)),
  CHECK ((origin = 'automatic') <= (created_by IS NULL)),
  FOREIGN KEY (tenant_id, alert_id) REFERENCES alerts(tenant_id, id) ON DELETE SET NULL (alert_id),
  FOREIGN KEY (tenant_id, created_by) REFERENCES users(tenant_id, id) ON DELETE SET NULL (created_by)
);
CREATE INDEX blocklist_entries_tenant ON blocklist_entries (tenant_id, created_at, id);
CREATE INDEX blocklist_entries_expiry ON blocklist_entries (tenant_id, expires_at) WHERE expires_at IS NOT NULL;

-- What is never blocked, whoever asks for it.
CREATE TABLE blocklist_allowed (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
  prefix     inet NOT NULL CHECK (prefix = network(prefix)::inet),
  note       text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
  created_by uuid,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, id),
  UNIQUE (tenant_id, prefix),
  FOREIGN KEY (tenant_id, created_by) REFERENCES users(tenant_id, id) ON DELETE SET NULL (created_by)
);

-- One row a tenant that ever changed them. The token is shown once; only its SHA-256 is kept.
CREATE TABLE blocklist_settings (
  tenant_id          uuid PRIMARY KEY REFERENCES tenants(id) ON DELETE CASCADE,
  auto_enabled       boolean NOT NULL DEFAULT false,
  auto_min_severity  smallint NOT NULL DEFAULT 4 CHECK (auto_min_severity BETWEEN 1 AND 5),
  -- Detector kinds or rule ids; empty: all.
  auto_detectors     text[] NOT NULL DEFAULT '{}',
  auto_hours         integer NOT NULL DEFAULT 24 CHECK (auto_hours BETWEEN 1 AND 8760),
  token_hash         bytea UNIQUE CHECK (octet_length(token_hash) = 32),
  token_prefix       text,
  token_created_at   timestamptz(3),
  token_last_used_at timestamptz(3),
  CHECK ((token_hash IS NULL) = (token_prefix IS NULL) AND (token_hash IS NULL) = (token_created_at IS NULL))
);

-- ── Webhooks ────────────────────────────────────────────────────────────────────────────────────────────────────

-- `secret` is sealed by the API (AES-256-GCM); the database alone does not tell what messages are signed with.
ALTER TABLE notification_channels
  ADD COLUMN url text CHECK (length(url) <= 2000),
  ADD COLUMN secret bytea,
  DROP CONSTRAINT notification_channels_type_check,
  ADD CONSTRAINT notification_channels_type_check CHECK (type IN ('email', 'webhook')),
  ADD CONSTRAINT notification_channels_webhook CHECK (
    (type = 'webhook') = (url IS NOT NULL) AND (type = 'webhook') = (secret IS NOT NULL));
ALTER TABLE notifications
  DROP CONSTRAINT notifications_channel_check,
  ADD CONSTRAINT notifications_channel_check CHECK (channel IN ('email', 'webpush', 'websocket', 'webhook'));

-- ── Row-level security and grants ───────────────────────────────────────────────────────────────────────────────

SELECT protect_tenant_table(t) FROM unnest(ARRAY[
  'blocklist_entries', 'blocklist_allowed', 'blocklist_settings']::regclass[]) AS t;

GRANT SELECT, INSERT, UPDATE, DELETE ON blocklist_entries, blocklist_allowed, blocklist_settings TO parapet_app;
GRANT SELECT ON blocklist_entries, blocklist_allowed TO parapet_sre;
GRANT SELECT (tenant_id, auto_enabled, auto_min_severity, auto_detectors, auto_hours, token_created_at, token_last_used_at)
  ON blocklist_settings TO parapet_sre;
-- A webhook's address is often a secret by itself.
REVOKE SELECT ON notification_channels FROM parapet_sre;
GRANT SELECT (id, tenant_id, type, name, recipients, min_severity, enabled, last_error, last_sent_at, created_at, updated_at)
  ON notification_channels TO parapet_sre;

-- A firewall shows a token and names no tenant. What it gets is read under that tenant's policy.
CREATE FUNCTION blocklist_tenant(wanted bytea) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.tenant_id FROM public.blocklist_settings s JOIN public.tenants t ON t.id = s.tenant_id
  WHERE s.token_hash = wanted AND t.status = 'active'
$$;
REVOKE ALL ON FUNCTION blocklist_tenant(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION blocklist_tenant(bytea) TO parapet_app;
GRANT SELECT (tenant_id, token_hash) ON blocklist_settings TO parapet_definer;
GRANT CREATE ON SCHEMA public TO parapet_definer;
ALTER FUNCTION blocklist_tenant(bytea) OWNER TO parapet_definer;
REVOKE CREATE ON SCHEMA public FROM parapet_definer;
