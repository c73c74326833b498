import type { Severity } from '@parapet/contracts';

const WORST: Record<Severity, number> = { critical: 100, high: 80, medium: 60, low: 35, info: 10 };

/**
 * Score of a detection, 0–100: the severity's weight × confidence, and up to a tenth more the further the count is
 * above the threshold (a tenth at eight times).
 */
export function scoreOf(severity: Severity, confidence: number, counted: number, threshold: number): number {
  const excess = Math.min(Math.log2(Math.max(counted / threshold, 1)) / 3, 1);
  return Math.min(100, Math.round(WORST[severity] * confidence * (1 + excess / 10)));
}
