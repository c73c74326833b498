import type { CorrelationMatch } from './engine.js';

/**
 * The matches that begin an episode: of those of one correlation and group, each that comes more than one timespan after the one before. The
 * others only say that the condition still holds. Order of arrival doesn't matter.
 */
export function episodes(matches: readonly CorrelationMatch[]): CorrelationMatch[] {
  const byGroup = new Map<string, CorrelationMatch[]>();
  for (const match of matches) {
    const key = JSON.stringify([match.rule.ruleId, match.group]);
    const list = byGroup.get(key);
    if (list === undefined) byGroup.set(key, [match]);
    else list.push(match);
  }
  return [...byGroup.values()].flatMap((list) => {
    let last = -Infinity;
    return [...list]
      .sort((a, b) => a.time - b.time)
      .filter(({ time, rule }) => {
        const begins = time - last > rule.timespanMs;
        last = time;
        return begins;
      });
  });
}
