import { Injectable } from '@nestjs/common';
import type { endpoints, ParsedOf, RuleTest } from '@parapet/contracts';
import { ValidationError } from '@parapet/errors';
import {
  CorrelationEngine,
  episodes,
  eventTime,
  flattenEvent,
  MemoryCorrelationStore,
  RuleSet,
  type FlatEvent,
  type Sighting,
  type SigmaRule,
} from '@parapet/sigma';
import type { Principal } from '../http/principal.js';
import { LogsService } from '../logs/logs.service.js';
import { problemsOf, RuleChecker } from './rule-checker.service.js';

/** Rules are strangers' programs: a try may take so long, and no event may be so large that one evaluation takes longer. */
const MOST_MS = 3000;
const MOST_EVENT_CHARACTERS = 65_536;
const MOST_MATCHES = 10_000;

@Injectable()
export class RuleTestService {
  constructor(
    private readonly checker: RuleChecker,
    private readonly logs: LogsService,
  ) {}

  /** @throws ValidationError for events that are too large or too much work, or a source type that there is not */
  async test(
    caller: Principal,
    { rules: text, events, lines, sourceType }: ParsedOf<typeof endpoints.testRules>['body'],
  ): Promise<RuleTest> {
    const { rules, refused, referenced } = await this.checker.check(caller.tenantId, [{ path: '', text }]);
    const problems = problemsOf(refused);
    if (problems.length > 0) return { ok: false, problems, matches: [] };
    events.forEach((event, index) => {
      if (JSON.stringify(event).length > MOST_EVENT_CHARACTERS)
        throw new ValidationError([
          { path: `body.events.${index}`, message: `has more than ${MOST_EVENT_CHARACTERS} characters` },
        ]);
    });
    const parsed =
      lines.length === 0 ? [] : (await this.logs.parse(caller, { lines, sourceType, timeZone: 'UTC' })).items;
    const flat = [...events, ...parsed].map(flattenEvent);
    const own = rules.map(({ rule }) => rule);
    return { ok: true, problems: [], matches: await match(own, referenced, flat) };
  }
}

async function match(
  own: readonly SigmaRule[],
  referenced: readonly SigmaRule[],
  events: readonly FlatEvent[],
): Promise<RuleTest['matches']> {
  const all = [...own, ...referenced];
  const engine = new CorrelationEngine(all, new MemoryCorrelationStore());
  const sightings = sight(all, events);
  const isOwn = new Set<SigmaRule>(own);
  const { matches } = await engine.apply('test', sightings);
  const found: RuleTest['matches'] = sightings
    .filter(({ rule }) => isOwn.has(rule) && !engine.silent.has(rule))
    .map(({ rule, id }) => ({ ...headOf(rule), event: Number(id) }));
  for (const { rule, group, eventId } of episodes(matches))
    if (isOwn.has(rule)) found.push({ ...headOf(rule), event: Number(eventId), group: { ...group } });
  return found.slice(0, MOST_MATCHES);
}

/** Rule by rule, so that the time is looked at after each evaluation. */
function sight(rules: readonly SigmaRule[], events: readonly FlatEvent[]): Sighting[] {
  const end = performance.now() + MOST_MS;
  const filters = rules.filter(({ kind }) => kind === 'filter');
  const sightings: Sighting[] = [];
  for (const rule of rules) {
    if (rule.kind !== 'detection') continue;
    const set = new RuleSet([rule, ...filters]);
    events.forEach((event, index) => {
      if (set.match(event).length > 0)
        sightings.push({ rule, event, id: String(index), time: eventTime(event) ?? index * 1000 });
      if (performance.now() > end)
        throw new ValidationError([
          { path: 'body.rules', message: `the rules took longer than ${MOST_MS} ms on these events` },
        ]);
    });
  }
  return sightings;
}

const headOf = ({ ruleId, title, level }: SigmaRule) => ({ ruleId, title, level: level ?? null });
