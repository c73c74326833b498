import type { RouteLocationRaw } from 'vue-router';

/** ECS field → the filter of the Events page (and of its URL) that it can be narrowed by. */
export const PIVOT_FILTERS = {
  'source.ip': 'sourceIp',
  'user.name': 'userName',
  'host.name': 'hostName',
  'event.action': 'action',
  'event.category': 'category',
  'event.outcome': 'outcome',
  'event.dataset': 'dataset',
  'event.severity': 'severity',
} as const;

const FILTER_OF = new Map<string, string>(Object.entries(PIVOT_FILTERS));

/** The Events page with only what has this value, or null where that can't be asked for. */
export function pivotTo(field: string, value: string, range?: string): RouteLocationRaw | null {
  const filter = FILTER_OF.get(field);
  if (!filter || value === '') return null;
  return { name: 'events', query: { [filter]: value, ...(range ? { range } : {}) } };
}
