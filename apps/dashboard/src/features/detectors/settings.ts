import { detectorSettingsSchema } from '@parapet/contracts';
import type { DetectorSettings } from '@parapet/contracts';

/** The settings alone, as a copy that can be edited. */
export function settingsOf(from: DetectorSettings): DetectorSettings {
  const { enabled, threshold, windowSeconds, severity, exceptions } = from;
  return { enabled, threshold, windowSeconds, severity, exceptions: [...exceptions] };
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
