/** A Windows event from whichever form it came in. Texts are as the form wrote them. */
export interface WinEvent {
  id: string;
  channel?: string;
  provider?: string;
  providerGuid?: string;
  computer?: string;
  recordId?: string;
  /** ISO 8601 or epoch. */
  time?: unknown;
  /** 0–5, or a word. */
  level?: string;
  task?: string;
  opcode?: string;
  /** The bit field ("0x8010…") or words ("Audit Failure"). */
  keywords?: string;
  processId?: string;
  threadId?: string;
  /** The user that the event was logged for (System/Security/@UserID). */
  userSid?: string;
  activityId?: string;
  message?: string;
  /** EventData or UserData by the manifest's names; values without a name as `param1`, `param2` … */
  data: Map<string, string | string[]>;
}

/** The value of one datum as text. */
export function datum(event: WinEvent, name: string): string | undefined {
  const value = event.data.get(name);
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined || text === '' ? undefined : text;
}

/** The first that is there. */
export function firstDatum(event: WinEvent, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = datum(event, name);
    if (text !== undefined) return text;
  }
  return undefined;
}

const SUCCESS_BIT = 0x20n << 48n;
const FAILURE_BIT = 0x10n << 48n;

/** What the audit says of success: from the keywords' bits (winmeta.h) or their words. */
export function auditOutcome(event: WinEvent): 'success' | 'failure' | undefined {
  const { keywords, level } = event;
  for (const text of [keywords, level]) {
    if (text === undefined) continue;
    if (/audit[ _]failure|failure audit/i.test(text)) return 'failure';
    if (/audit[ _]success|success audit/i.test(text)) return 'success';
  }
  if (keywords === undefined || !/^(?:0x[0-9a-f]{1,16}|-?\d{1,20})$/i.test(keywords)) return undefined;
  const bits = BigInt.asUintN(64, BigInt(keywords));
  if ((bits & FAILURE_BIT) !== 0n) return 'failure';
  return (bits & SUCCESS_BIT) !== 0n ? 'success' : undefined;
}
