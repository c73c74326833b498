import type { EventSection, NormalizedEvent } from '@parapet/contracts';
import { DAY_MS, dayOf } from '@parapet/eventstore';
import type { SetAside } from '../stages/store/store-request.js';

/** How far ahead of today a partition may be made; the ingestor has long taken later times as receipt. */
const DAYS_AHEAD = 7;

export interface SortedOut {
  /** What goes on to be judged and stored. */
  sections: EventSection[];
  setAside: SetAside[];
  /** Events of tenants that don't exist (any more). */
  homeless: number;
}

/**
 * Takes out of a batch what can't be stored because of its time or tenant. `retentionDays` answers undefined for a
 * tenant that does not exist; `now` is epoch ms.
 */
export function sortOut(
  batchId: string,
  sections: readonly EventSection[],
  retentionDays: (tenantId: string) => number | undefined,
  now: number,
): SortedOut {
  const sorted: SortedOut = { sections: [], setAside: [], homeless: 0 };
  const latest = (dayOf(now) + DAYS_AHEAD + 1) * DAY_MS;
  for (const section of sections) {
    const days = retentionDays(section.tenantId);
    if (days === undefined) {
      sorted.homeless += section.events.length;
      continue;
    }
    const oldest = now - days * DAY_MS;
    const inTime = (event: NormalizedEvent) => event['@timestamp'] >= oldest && event['@timestamp'] < latest;
    if (section.events.every(inTime)) {
      sorted.sections.push(section);
      continue;
    }
    const events: NormalizedEvent[] = [];
    for (const event of section.events) {
      if (inTime(event)) events.push(event);
      else sorted.setAside.push(aside(event, batchId, oldest));
    }
    if (events.length > 0) sorted.sections.push({ tenantId: section.tenantId, events });
  }
  return sorted;
}

function aside(event: NormalizedEvent, batchId: string, oldest: number): SetAside {
  const time = event['@timestamp'];
  if (time < oldest) {
    const detail = `its time is before ${new Date(oldest).toISOString()}, the oldest that the tenant keeps`;
    return { event, batchId, reason: 'older_than_retention', detail };
  }
  return { event, batchId, reason: 'poison', detail: `its time, ${time}, is in no day that can be stored` };
}
