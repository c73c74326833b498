import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { severitySchema } from './event.js';
import { alertSchema, alertStatusSchema } from './alerts.js';
import { timeRangeQuerySchema } from './common.js';

const countsBySeverity = z.partialRecord(severitySchema, z.int());

export const dashboardSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    stepSeconds: z.int(),
    eventsTotal: z.int(),
    eventsPrevious: z.int().describe('in the range of equal length before `from`'),
    alertsOpen: z.int(),
    alertsOpenBySeverity: countsBySeverity,
    alertsByStatus: z.partialRecord(alertStatusSchema, z.int()),
    sourcesActive: z.int(),
    sourcesTotal: z.int(),
    lastEventAt: z.iso.datetime().nullable(),
    eventsOverTime: z.array(z.object({ at: z.iso.datetime(), total: z.int(), failures: z.int() })),
    alertsOverTime: z.array(z.object({ at: z.iso.datetime(), total: z.int(), bySeverity: countsBySeverity })),
    topSources: z.array(
      z.object({ ip: z.string(), countryCode: z.string().nullable(), events: z.int(), failures: z.int() }),
    ),
    topUsers: z.array(z.object({ name: z.string(), events: z.int(), failures: z.int() })),
    map: z.array(
      z.object({ countryCode: z.string(), country: z.string().nullable(), events: z.int(), alerts: z.int() }),
    ),
    recentAlerts: z.array(alertSchema),
  })
  .meta({ id: 'Dashboard' });
export type Dashboard = z.infer<typeof dashboardSchema>;

export const getDashboard = endpoint({
  id: 'getDashboard',
  method: 'GET',
  path: '/dashboard',
  summary: 'The overview in one answer. Without `from`, the last 24 hours.',
  permission: 'dashboard:read',
  query: timeRangeQuerySchema,
  response: dashboardSchema,
});
