import { SEVERITIES } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { SEVERITY_LABEL } from '../tokens.js';
import type { Palette } from '../tokens.js';

interface SeverityBucket {
  bySeverity: Partial<Record<Severity, number>>;
}

/** One stacked series a severity, least severe at the bottom; those that never occur are left out. */
export function severitySeries(buckets: readonly SeverityBucket[], palette: Palette) {
  return SEVERITIES.toReversed()
    .map((severity) => ({
      name: SEVERITY_LABEL[severity],
      color: palette.severityFill[severity],
      values: buckets.map((bucket) => bucket.bySeverity[severity] ?? 0),
    }))
    .filter((series) => series.values.some((value) => value > 0));
}
