import { ALERT_STATUSES, SEVERITIES, SEVERITY_RANK } from '@parapet/contracts';
import type { Alert } from '@parapet/contracts';
import { listOf, oneOf, text, timeRange } from '../../shared/query/fields.js';
import type { StateOf } from '../../shared/query/state.js';
import { boundsOf } from '../../shared/time/range.js';

/** The alert list's state in the URL. */
export const alertFilters = {
  status: listOf(ALERT_STATUSES),
  severity: listOf(SEVERITIES),
  detector: text(),
  q: text(),
  range: timeRange({ kind: 'relative', preset: '7d' }),
  sort: oneOf(['lastSeen', 'createdAt', 'severity', 'eventCount'], 'lastSeen'),
  order: oneOf(['asc', 'desc'], 'desc'),
};
export type AlertFilters = StateOf<typeof alertFilters>;

/** What the API is asked for. */
export function alertQuery(filters: AlertFilters, cursor: string | undefined) {
  const { status, severity, detector, q, sort, order } = filters;
  return {
    ...boundsOf(filters.range),
    status,
    severity,
    detector: detector || undefined,
    q: q || undefined,
    sort,
    order,
    cursor,
  };
}

/** Whether a live alert belongs into the list as it is filtered now; the server's rules in short. */
export function alertMatches(filters: AlertFilters, alert: Alert, now = Date.now()): boolean {
  const { status, severity, detector, q } = filters;
  const bounds = boundsOf(filters.range, now);
  const haystack = [alert.title, ...Object.values(alert.group)].join('\n').toLowerCase();
  return (
    (status.length === 0 || status.includes(alert.status)) &&
    (severity.length === 0 || severity.includes(alert.severity)) &&
    (detector === '' || detector === alert.detector) &&
    (q === '' || haystack.includes(q.toLowerCase())) &&
    alert.lastSeen >= bounds.from &&
    (bounds.to === undefined || alert.lastSeen <= bounds.to)
  );
}

const KEYS: Record<AlertFilters['sort'], (alert: Alert) => number> = {
  lastSeen: (alert) => Date.parse(alert.lastSeen),
  createdAt: (alert) => Date.parse(alert.createdAt),
  severity: (alert) => SEVERITY_RANK[alert.severity],
  eventCount: (alert) => alert.eventCount,
};

/** Rows with a live alert put where the order wants it; an older row of the same alert goes. */
export function placeAlert(
  rows: readonly Alert[],
  alert: Alert,
  sort: AlertFilters['sort'],
  order: AlertFilters['order'],
): Alert[] {
  const others = rows.filter((row) => row.id !== alert.id);
  const sign = order === 'desc' ? -1 : 1;
  const key = KEYS[sort];
  const at = others.findIndex((row) => sign * (key(alert) - key(row)) <= 0);
  return at < 0 ? [...others, alert] : [...others.slice(0, at), alert, ...others.slice(at)];
}
