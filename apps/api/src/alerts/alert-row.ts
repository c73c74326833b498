import { z } from 'zod';
import { alertSchema, alertStatusSchema, normalizeIp, severityOfRank, type Alert } from '@parapet/contracts';

/** A row of `alerts` with its assignee's name. */
export interface AlertRow {
  id: string;
  detector: string;
  title: string;
  description: string;
  severity: number;
  score: number;
  status: string;
  group_fields: unknown;
  technique: unknown;
  event_count: string;
  first_seen: Date;
  last_seen: Date;
  created_at: Date;
  updated_at: Date;
  historical: boolean;
  source_ip: string | null;
  source_geo: unknown;
  assignee_id: string | null;
  assignee_name: string | null;
}

export const ALERT_COLUMNS = `a.id, a.detector, a.title, a.description, a.severity, a.score, a.status, a.group_fields,
  a.technique, a.event_count, a.first_seen, a.last_seen, a.created_at, a.updated_at, a.historical, a.source_ip, a.source_geo,
  a.assignee_id, u.name as assignee_name`;
export const ALERT_TABLES =
  'alerts a left join users u on u.tenant_id = a.tenant_id and u.id = a.assignee_id';

const geoSchema = z.object({
  countryCode: z.string().nullable().default(null),
  country: z.string().nullable().default(null),
  city: z.string().nullable().default(null),
  lat: z.number().nullable().default(null),
  lon: z.number().nullable().default(null),
});
const NOWHERE = geoSchema.parse({});

/** Row → the alert as REST, WebSocket and mail show it. */
export function alertOfRow(row: AlertRow): Alert {
  const ip = row.source_ip;
  const geo = geoSchema.safeParse(row.source_geo);
  return {
    id: row.id,
    detector: row.detector,
    title: row.title,
    description: row.description,
    severity: severityOfRank(row.severity),
    score: row.score,
    status: alertStatusSchema.parse(row.status),
    group: alertSchema.shape.group.parse(row.group_fields),
    technique: alertSchema.shape.technique.parse(row.technique),
    eventCount: Number(row.event_count),
    firstSeen: row.first_seen.toISOString(),
    lastSeen: row.last_seen.toISOString(),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    assignee: row.assignee_id === null ? null : { id: row.assignee_id, name: row.assignee_name ?? '' },
    historical: row.historical,
    source: ip === null ? null : { ip: normalizeIp(ip) ?? ip, ...(geo.success ? geo.data : NOWHERE) },
  };
}
