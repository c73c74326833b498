import { detectorSettingsSchema } from '@parapet/contracts';
import type { DetectorException, DetectorSettings, NamedException } from '@parapet/contracts';

/** The settings alone, as a copy that can be edited. */
export function settingsOf(from: DetectorSettings): DetectorSettings {
  const { enabled, threshold, windowSeconds, severity, exceptions } = from;
  return {
    enabled,
    threshold,
    windowSeconds,
    severity,
    exceptions: exceptions.map((one) => (typeof one === 'string' ? one : { ...one })),
  };
}

/** Only what differs, for a PATCH that does not undo what somebody else changed meanwhile. */
export function changedSettings(
  before: DetectorSettings,
  after: DetectorSettings,
): Partial<DetectorSettings> {
  const keys = detectorSettingsSchema.keyof().options;
  const entries = keys
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => [key, after[key]]);
  return Object.fromEntries(entries);
}

/** An exception as it is stored: an address without end and note is a bare text, as it always was. */
export function storedException({ kind, value, expiresAt, note }: NamedException): DetectorException {
  const trimmed = value.trim();
  if (kind === 'address' && !expiresAt && !note) return trimmed;
  return {
    kind,
    value: trimmed,
    ...(expiresAt ? { expiresAt } : {}),
    ...(note?.trim() ? { note: note.trim() } : {}),
  };
}

/** The end of a local day (`yyyy-mm-dd`, as a date field gives it) as ISO 8601; undefined for none. */
export function endOfDay(date: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const end = new Date(`${date}T23:59:59.999`);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}
