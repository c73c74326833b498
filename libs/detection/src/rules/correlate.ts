import type { NormalizedEvent } from '@parapet/contracts';
import { CorrelationEngine } from '@parapet/sigma';
import type {
  CorrelationMatch,
  CorrelationOp,
  CorrelationResult,
  CorrelationRule,
  CorrelationStore,
  Sighting,
} from '@parapet/sigma';
import type { Detection } from '../detect.js';
import { scoreOf } from '../score.js';
import type { Member } from '../windows/window.js';
import type { RuleCount } from './detect-rules.js';
import { boundedText, detectionOf } from './rule-detection.js';
import type { ActiveCorrelations, ActiveRule } from './tenant-rules.js';

/** A store of correlations that may also tell which events it has in the windows that were fulfilled. */
export interface EvidenceStore {
  apply(
    tenantId: string,
    ops: readonly CorrelationOp[],
  ): Promise<(CorrelationResult & { members?: readonly Member[] })[]>;
}

/** Events of earlier batches that an answer names at the most. */
const MOST_MEMBERS = 200;

interface Correlated {
  detections: Detection[];
  counts: RuleCount[];
  forgotten: number;
}

/** Runs correlations over what their rules found in a batch. `events`: the batch's, by id. */
export async function correlate(
  tenantId: string,
  { scope, rules, watched, chained, active }: ActiveCorrelations,
  sightings: readonly Sighting[],
  events: ReadonlyMap<string, NormalizedEvent>,
  store: EvidenceStore,
): Promise<Correlated> {
  const own = sightings.filter(({ rule }) => watched.has(rule));
  if (own.length === 0) return { detections: [], counts: [], forgotten: 0 };
  const record = new Recorder(store, scope);
  const { matches, forgotten } = await new CorrelationEngine(rules, record).apply(tenantId, own);
  const detections: Detection[] = [];
  const counts: RuleCount[] = [];
  for (const list of byRuleAndGroup(matches)) {
    const [first] = list;
    const one = first && active.get(first.rule);
    if (one === undefined) continue;
    const completed = list.filter(({ eventId }) => events.has(eventId));
    if (completed.length > 0) {
      const last = Math.max(...completed.map(({ time }) => time));
      counts.push({ tenantId, ruleId: one.id, matches: completed.length, last });
    }
    detections.push(...detectionsOf(tenantId, one, list, record, events, chained.has(one.rule)));
  }
  return { detections, counts, forgotten };
}

/** Remembers what went through, so that alerts can show the events behind them. */
class Recorder implements CorrelationStore {
  readonly #seen = new Map<
    string,
    { members: readonly (readonly Member[])[]; completions: readonly Member[] }
  >();

  constructor(
    private readonly store: EvidenceStore,
    /** Begins the names of rules in the store. */
    private readonly scope: string,
  ) {}

  async apply(tenantId: string, ops: readonly CorrelationOp[]): Promise<CorrelationResult[]> {
    const results = await this.store.apply(
      tenantId,
      ops.map((op) => ({ ...op, rule: `${this.scope}${op.rule}` })),
    );
    ops.forEach(({ rule, group, observations }, index) => {
      const { members = [], completions = [] } = results[index] ?? {};
      this.#seen.set(keyOf(rule, group), { members: [members, observations], completions });
    });
    return results;
  }

  /** The events known in a stretch of time; of correlations below, those that made them hold. */
  membersOf(rule: CorrelationRule, group: string, from: number, to: number, chained: boolean): Member[] {
    const members = new Map<string, Member>();
    const add = (lists: readonly (readonly Member[])[] = [], since = from) => {
      for (const list of lists)
        for (const { id, time } of list) if (time >= since && time <= to) members.set(id, { id, time });
    };
    add(this.#seen.get(keyOf(rule.ruleId, group))?.members);
    // What completed a correlation below brings its members along.
    if (chained)
      for (const { members: below, completions } of this.#seen.values())
        if (completions.some(({ id }) => members.has(id))) add(below, -Infinity);
    return [...members.values()].sort((a, b) => a.time - b.time);
  }
}

const keyOf = (rule: string, group: string) => `${rule} ${group}`;
/** As the engine names groups. */
const groupName = ({ rule, group }: CorrelationMatch) =>
  JSON.stringify(rule.groupBy.map((name) => group[name] ?? ''));

function byRuleAndGroup(matches: readonly CorrelationMatch[]): CorrelationMatch[][] {
  const groups = new Map<string, CorrelationMatch[]>();
  for (const match of matches) {
    const key = keyOf(match.rule.ruleId, groupName(match));
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [match]);
    else list.push(match);
  }
  return [...groups.values()];
}

/** One for each stretch in which the correlation held again and again. */
function detectionsOf(
  tenantId: string,
  { rule, alert }: ActiveRule<CorrelationRule>,
  matches: readonly CorrelationMatch[],
  record: Recorder,
  events: ReadonlyMap<string, NormalizedEvent>,
  chained: boolean,
): Detection[] {
  const [first] = matches;
  if (alert === null || first === undefined) return [];
  const windowMs = rule.timespanMs;
  const stretches: { from: number; to: number }[] = [];
  for (const { time } of [...matches].sort((a, b) => a.time - b.time)) {
    const last = stretches.at(-1);
    if (last !== undefined && time - last.to <= windowMs) last.to = time;
    else stretches.push({ from: time - windowMs, to: time });
  }
  const group = Object.fromEntries(rule.groupBy.map((name) => [name, boundedText(first.group[name] ?? '')]));
  const groupKey = rule.groupBy.map((name) => `${name}=${group[name] ?? ''}`).join('|');
  return stretches.flatMap(({ from, to }): Detection[] => {
    const members = record.membersOf(rule, groupName(first), from, to, chained);
    const ownEvents = members.flatMap(({ id }) => events.get(id) ?? []);
    // Only what this batch adds is news.
    if (ownEvents.length === 0) return [];
    const begin = members[0]?.time ?? to;
    return [
      detectionOf(alert, {
        tenantId,
        group,
        groupKey: groupKey.length > 1000 ? boundedText(groupKey) : groupKey,
        from: begin,
        to,
        ownEvents,
        memberIds: members.filter(({ id }) => !events.has(id)).slice(-MOST_MEMBERS),
        score: scoreOf(alert.severity, alert.confidence, 1, 1),
        windowMs,
      }),
    ];
  });
}
