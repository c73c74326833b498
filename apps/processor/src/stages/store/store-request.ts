import type { EventSection, NormalizedEvent } from '@parapet/contracts';
import type { Detection, RuleCount } from '@parapet/detection';

/** One batch that is ready to be stored, with what was detected in it. */
export interface StoreRequest {
  batchId: string;
  /** Receipt of the oldest event, epoch ms. */
  oldestReceipt: number;
  sections: EventSection[];
  /** Events that can't be stored: they go to the dead letters. */
  setAside: SetAside[];
  detections: Detection[];
  ruleCounts: RuleCount[];
}

/** Why an event was set aside; the dead letter's `reason`. */
export type SetAsideReason = 'poison' | 'older_than_retention';

export interface SetAside {
  event: NormalizedEvent;
  batchId: string;
  reason: SetAsideReason;
  detail: string;
}

/** An alert that changed and whose change was not announced, because the last announcement was a moment ago. */
export interface QuietUpdate {
  tenantId: string;
  alertId: string;
}

/** What a committed store transaction did. */
export interface StoreReport {
  stored: number;
  duplicateBatches: number;
  /** Events that were stored before under another batch id. */
  duplicateEvents: number;
  setAside: SetAside[];
  /** Alerts made, by detector. */
  alertsCreated: Map<string, number>;
  alertsAnnounced: string[];
  alertsQuiet: QuietUpdate[];
  failedDetections: { detection: string; error: unknown }[];
}

export function emptyReport(): StoreReport {
  return {
    stored: 0,
    duplicateBatches: 0,
    duplicateEvents: 0,
    setAside: [],
    alertsCreated: new Map(),
    alertsAnnounced: [],
    alertsQuiet: [],
    failedDetections: [],
  };
}
