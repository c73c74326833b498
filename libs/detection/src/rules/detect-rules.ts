import type { EventSection, NormalizedEvent } from '@parapet/contracts';
import type { DetectionRule, Sighting } from '@parapet/sigma';
import type { Detection } from '../detect.js';
import { scoreOf } from '../score.js';
import { correlate } from './correlate.js';
import type { EvidenceStore } from './correlate.js';
import { detectionOf, GROUPS_PER_RULE, MANY, boundedText, runsOf } from './rule-detection.js';
import type { RuleFault } from './guarded-set.js';
import type { ActiveRule, TenantRules } from './tenant-rules.js';

/** How often a rule matched in a tenant's part of a batch. */
export interface RuleCount {
  tenantId: string;
  /** Of `ActiveRule`. */
  ruleId: string;
  matches: number;
  /** The latest event's own time, epoch ms. */
  last: number;
}

export interface RulesAnswer {
  detections: Detection[];
  counts: RuleCount[];
  /** Rules that had to be taken out, by the id that they are counted under. */
  faults: { ruleId: string; reason: string }[];
  /** Observations that correlations let go of because a group held too many. */
  forgotten: number;
}

/** Repeats of a single-event rule for the same entity within it are one alert. */
const REPEAT_WINDOW_MS = 3_600_000;

/** What single events are grouped by: the first of these that the event has. */
const ENTITIES = ['source.ip', 'user.name', 'host.name'] as const;

/**
 * Runs Sigma rules over one tenant's part of a batch. One call of the store for each level of correlations; none when no rule that a correlation
 * waits for matched. Throws what the store throws.
 */
export async function detectRules(
  section: EventSection,
  rules: TenantRules,
  store: EvidenceStore,
): Promise<RulesAnswer> {
  const answer: RulesAnswer = { detections: [], counts: [], faults: [], forgotten: 0 };
  const found = match(section, rules, answer);
  for (const [active, events] of found) {
    answer.counts.push(countOf(section.tenantId, active.id, events));
    if (active.alert !== null) answer.detections.push(...single(section.tenantId, active, events));
  }
  const sightings = watchedOf(found, rules);
  if (sightings.length === 0) return answer;
  const events = new Map(section.events.map((event) => [event.id, event]));
  const results = await Promise.all(
    rules.correlations.map((correlations) =>
      correlate(section.tenantId, correlations, sightings, events, store),
    ),
  );
  for (const { detections, counts, forgotten } of results) {
    answer.detections.push(...detections);
    answer.counts.push(...counts);
    answer.forgotten += forgotten;
  }
  return answer;
}

type Found = Map<ActiveRule<DetectionRule>, NormalizedEvent[]>;

function match(section: EventSection, { sets }: TenantRules, answer: RulesAnswer): Found {
  const found: Found = new Map();
  for (const { set, active, idOf } of sets) {
    for (const event of section.events) {
      for (const rule of set.match(event)) {
        const one = active.get(rule);
        if (one === undefined) continue;
        const events = found.get(one);
        if (events === undefined) found.set(one, [event]);
        else events.push(event);
      }
    }
    for (const { rule, reason } of set.takeFaults()) answer.faults.push(...faultOf(rule, reason, idOf));
  }
  return found;
}

function faultOf(
  rule: RuleFault['rule'],
  reason: string,
  idOf: (rule: DetectionRule) => string | undefined,
): RulesAnswer['faults'] {
  const ruleId = idOf(rule);
  return ruleId === undefined ? [] : [{ ruleId, reason }];
}

function watchedOf(found: Found, { correlations }: TenantRules): Sighting[] {
  const sightings: Sighting[] = [];
  for (const [{ rule }, events] of found) {
    if (!correlations.some(({ watched }) => watched.has(rule))) continue;
    for (const event of events)
      sightings.push({ rule, event, id: event.id, time: Math.floor(event['@timestamp']) });
  }
  return sightings;
}

function countOf(tenantId: string, ruleId: string, events: readonly NormalizedEvent[]): RuleCount {
  const last = events.reduce((latest, event) => Math.max(latest, event['@timestamp']), -Infinity);
  return { tenantId, ruleId, matches: events.length, last: Math.floor(last) };
}

/** One detection for each entity and stretch of time. */
function single(
  tenantId: string,
  { alert }: ActiveRule<DetectionRule>,
  events: readonly NormalizedEvent[],
): Detection[] {
  if (alert === null) return [];
  const groups = new Map<string, { group: Record<string, string>; events: NormalizedEvent[] }>();
  for (const event of events) {
    let { key, group } = entityOf(event);
    // A sender that makes up an address a line doesn't get an alert a line.
    if (!groups.has(key) && groups.size >= GROUPS_PER_RULE) [key, group] = [MANY, {}];
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { group, events: [event] });
    else known.events.push(event);
  }
  const score = scoreOf(alert.severity, alert.confidence, 1, 1);
  return [...groups].flatMap(([groupKey, { group, events: own }]) =>
    runsOf(own, REPEAT_WINDOW_MS).map((run) =>
      detectionOf(alert, {
        tenantId,
        group,
        groupKey,
        from: run.from,
        to: run.to,
        ownEvents: run.events,
        memberIds: [],
        score,
        windowMs: REPEAT_WINDOW_MS,
      }),
    ),
  );
}

function entityOf(event: NormalizedEvent): { key: string; group: Record<string, string> } {
  for (const field of ENTITIES) {
    const value = event[field];
    const first = Array.isArray(value) ? value[0] : value;
    if (first === undefined || first === '') continue;
    const text = boundedText(String(first));
    return { key: `${field}=${text}`, group: { [field]: text } };
  }
  return { key: '', group: {} };
}
