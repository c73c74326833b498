import { z } from 'zod';
import { csvOptionsSchema, intelFeedSchema, type IntelFeed } from '@parapet/contracts';

const shape = intelFeedSchema.shape;

/** A row of intel_feeds with what only the API knows of it. */
export const feedRowSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: shape.kind,
  url: z.string().nullable(),
  csv: csvOptionsSchema.nullable(),
  confidence: z.number(),
  valid_days: z.number().nullable(),
  interval_minutes: z.number(),
  enabled: z.boolean(),
  auth: shape.auth,
  auth_user: z.string().nullable(),
  secret: z.instanceof(Uint8Array).nullable(),
  etag: z.string().nullable(),
  last_modified: z.string().nullable(),
  indicators: z.number(),
  refused: z.number(),
  refusals: shape.refusals,
  shared: z.boolean(),
  running: z.boolean(),
  last_run_at: z.date().nullable(),
  last_success_at: z.date().nullable(),
  last_error: z.string().nullable(),
  next_run_at: z.date().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});
export type FeedRow = z.infer<typeof feedRowSchema>;

export const FEED_COLUMNS = `f.id, f.name, f.kind, f.url, f.csv, f.confidence, f.valid_days, f.interval_minutes, f.enabled, f.auth,
  f.auth_user, f.secret, f.etag, f.last_modified, f.indicators, f.refused, f.refusals, f.last_run_at, f.last_success_at,
  f.last_error, f.next_run_at, f.created_at, f.updated_at,
  f.running_since is not null and f.running_since > now() - interval '15 minutes' as running,
  exists (select from tenants t where t.id = f.tenant_id and t.kind = 'platform') as shared`;

const iso = (date: Date | null) => date?.toISOString() ?? null;

/** As the API shows it: without the secret. */
export function feedOf(row: FeedRow): IntelFeed {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    url: row.url,
    csv: row.csv,
    confidence: row.confidence,
    validDays: row.valid_days,
    intervalMinutes: row.interval_minutes,
    enabled: row.enabled,
    auth: row.auth,
    authUser: row.auth_user,
    shared: row.shared,
    indicators: row.indicators,
    refused: row.refused,
    refusals: row.refusals,
    running: row.running,
    lastRunAt: iso(row.last_run_at),
    lastSuccessAt: iso(row.last_success_at),
    lastError: row.last_error,
    nextRunAt: iso(row.next_run_at),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
