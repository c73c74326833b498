import { priorityOf, type Scenario, type ValueRule } from './scenario.js';

export interface ScenarioFrame {
  /** Milliseconds after the scenario's first line. */
  offset: number;
  /** The RFC 5424 message for a start of the scenario at `startedAt` (epoch ms). */
  frame(startedAt: number): string;
}

/** A small seeded generator (mulberry32), so that a seed names a run. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function valueSource(rule: ValueRule, next: () => number): () => string {
  if ('pick' in rule) {
    const chosen = rule.pick[Math.floor(next() * rule.pick.length)] ?? '';
    return () => chosen;
  }
  let n = 0;
  if ('cycle' in rule) return () => rule.cycle[n++ % rule.cycle.length] ?? '';
  return () => String(rule.from + rule.step * n++);
}

/**
 * Renders a scenario into its lines, in order of time. The same seed gives the same lines.
 * @throws RangeError when a message has a placeholder that `values` does not name.
 */
export function renderScenario(scenario: Scenario, seed: number): ScenarioFrame[] {
  const next = random(seed);
  const sources = new Map(
    Object.entries(scenario.values).map(([name, rule]) => [name, valueSource(rule, next)]),
  );
  const frames: ScenarioFrame[] = [];
  let offset = 0;
  for (const line of scenario.lines) {
    for (let n = 0; n < line.repeat; n += 1) {
      const message = line.message.replace(/\{([a-z_]+)\}/g, (_whole, name: string) => {
        const source = sources.get(name);
        if (!source) throw new RangeError(`scenario ${scenario.name}: {${name}} is not among its values`);
        return source();
      });
      const pid = line.pid ? String(line.pid.from + line.pid.step * n) : '-';
      const at = offset;
      frames.push({
        offset: at,
        frame: (startedAt) =>
          `<${priorityOf(line.facility, line.severity)}>1 ${new Date(startedAt + at).toISOString()} ${line.host} ${line.program} ${pid} - - ${message}`,
      });
      offset += line.every;
    }
  }
  return frames;
}
