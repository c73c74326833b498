-- Exceptions of detectors name users and hosts too, with an expiry and a note; what is a text stays an address or prefix.
ALTER TABLE detectors ALTER COLUMN exceptions DROP DEFAULT;
ALTER TABLE detectors ALTER COLUMN exceptions TYPE jsonb USING to_jsonb(exceptions);
ALTER TABLE detectors ALTER COLUMN exceptions SET DEFAULT '[]';
ALTER TABLE detectors ADD CONSTRAINT detectors_exceptions CHECK (jsonb_typeof(exceptions) = 'array');

-- What the processor must know to judge how much each source sends.
CREATE FUNCTION activity_sources()
  RETURNS TABLE (source_id uuid, tenant_id uuid, name text, cidr text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, s.tenant_id, s.name, s.cidr::text
  FROM public.sources s JOIN public.tenants t ON t.id = s.tenant_id
  WHERE s.enabled AND s.status = 'active' AND t.status = 'active' AND t.kind = 'customer'
$$;
REVOKE ALL ON FUNCTION activity_sources() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION activity_sources() TO parapet_writer;
GRANT CREATE ON SCHEMA public TO parapet_definer;
ALTER FUNCTION activity_sources() OWNER TO parapet_definer;
REVOKE CREATE ON SCHEMA public FROM parapet_definer;
