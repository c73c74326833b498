const MARGIN_MS = 5 * 60_000;

/** The time range for pivots from an alert: its own time with five minutes on either side. */
export function rangeAround(firstSeen: string, lastSeen: string): string {
  const from = new Date(Date.parse(firstSeen) - MARGIN_MS).toISOString();
  const to = new Date(Date.parse(lastSeen) + MARGIN_MS).toISOString();
  return `${from}..${to}`;
}
