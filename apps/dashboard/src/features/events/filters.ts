import { SEVERITIES } from '@parapet/contracts';
import { listOf, oneOf, text, timeRange } from '../../shared/query/fields.js';
import type { StateOf } from '../../shared/query/state.js';
import { boundsOf } from '../../shared/time/range.js';

export const OUTCOMES = ['success', 'failure', 'unknown'] as const;

/** The event list's state in the URL; names are those of the API's filter. */
export const eventFilters = {
  q: text(),
  severity: listOf(SEVERITIES),
  category: text(),
  action: text(),
  outcome: oneOf(['', ...OUTCOMES], ''),
  dataset: text(),
  sourceIp: text(),
  userName: text(),
  hostName: text(),
  range: timeRange({ kind: 'relative', preset: '24h' }),
};
export type EventFilters = StateOf<typeof eventFilters>;

/** The filters that are one exact value each, with their names on the page, in order. */
export const FIELD_FILTERS = [
  { key: 'sourceIp', label: 'Source address or prefix' },
  { key: 'userName', label: 'User' },
  { key: 'hostName', label: 'Host' },
  { key: 'action', label: 'Action' },
  { key: 'category', label: 'Category' },
  { key: 'dataset', label: 'Dataset' },
] as const;

const orNothing = (value: string) => (value === '' ? undefined : value);

/** What the API is asked for; empty filters are left out. */
export function eventQuery(filters: EventFilters) {
  const { range, severity, outcome, ...texts } = filters;
  return {
    ...boundsOf(range),
    severity,
    outcome: outcome === '' ? undefined : outcome,
    q: orNothing(texts.q),
    category: orNothing(texts.category),
    action: orNothing(texts.action),
    dataset: orNothing(texts.dataset),
    sourceIp: orNothing(texts.sourceIp),
    userName: orNothing(texts.userName),
    hostName: orNothing(texts.hostName),
  };
}
