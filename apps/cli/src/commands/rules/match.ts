import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import {
  CorrelationEngine,
  MemoryCorrelationStore,
  RuleSet,
  episodes,
  eventTime,
  flattenEvent,
  loadRules,
} from '@parapet/sigma';
import type { CorrelationMatch, LoadedRule, Sighting } from '@parapet/sigma';
import type { CommandIo } from '../command.js';
import { UsageError } from '../usage-error.js';
import { writer } from '../writer.js';
import { readPlaceholders, readRuleFiles, ruleArguments } from './files.js';

const BATCH = 2000;
const eventSchema = z.record(z.string(), z.unknown());

/** `parapet rules match`: one line a match, single events as they come, correlations at the end. */
export async function matchRules(args: readonly string[], io: CommandIo): Promise<number> {
  const { paths, text } = ruleArguments(args, {
    rules: { type: 'string' },
    events: { type: 'string' },
    placeholders: { type: 'string' },
  });
  const rulePath = text('rules');
  if (rulePath === undefined || paths.length > 0) throw new UsageError('Say --rules PATH and --events FILE.');
  const placeholders = await readPlaceholders(text('placeholders'));
  const loaded = loadRules(await readRuleFiles([rulePath]), { placeholders });
  reportRefused(loaded, io);
  const rules = loaded.flatMap(({ rule }) => rule ?? []);
  if (rules.length === 0) throw new UsageError(`${rulePath} has no rule that could be loaded.`);

  const set = new RuleSet(rules);
  const correlations = new Correlations(new CorrelationEngine(rules, new MemoryCorrelationStore()));
  const write = writer(io.stdout);
  let failed = 0;
  let index = -1;
  for await (const line of eventLines(text('events'), io.stdin)) {
    if (line.trim() === '') continue;
    index += 1;
    const event = parseEvent(line);
    if (event === undefined) {
      failed += 1;
      io.stderr.write(`parapet rules match: event ${index} is no JSON object\n`);
      continue;
    }
    const flat = flattenEvent(event);
    for (const rule of set.match(flat)) {
      if (
        !correlations.isSilent(rule) &&
        !(await write(`${JSON.stringify({ ruleId: rule.ruleId, event: index })}\n`))
      )
        return 0;
      await correlations.add({ rule, event: flat, id: String(index), time: eventTime(flat) ?? Number.NaN });
    }
  }
  for (const { rule, eventId, group } of await correlations.finish(io))
    await write(`${JSON.stringify({ ruleId: rule.ruleId, event: Number(eventId), group })}\n`);
  await write.end();
  return failed > 0 ? 1 : 0;
}

function parseEvent(line: string): Record<string, unknown> | undefined {
  try {
    const parsed = eventSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function reportRefused(loaded: readonly LoadedRule[], io: CommandIo): void {
  for (const { path, rule, title, problems } of loaded) {
    const [problem] = problems;
    if (rule !== undefined || problem === undefined) continue;
    io.stderr.write(
      `${path}:${problem.line}:${problem.column}: “${title}” is left out: ${problem.message}\n`,
    );
  }
}

function eventLines(path: string | undefined, stdin: Readable): AsyncIterable<string> {
  if (path === undefined || path === '-') return createInterface({ input: stdin, crlfDelay: Infinity });
  const file = createReadStream(path);
  if (!path.endsWith('.gz')) return createInterface({ input: file, crlfDelay: Infinity });
  const unpacked = createGunzip();
  file.on('error', (error) => unpacked.destroy(error));
  return createInterface({ input: file.pipe(unpacked), crlfDelay: Infinity });
}

/** Gathers what correlations wait for, tenant by tenant, and asks them in batches. */
class Correlations {
  readonly #waiting = new Map<string, Sighting[]>();
  readonly #matches = new Map<string, CorrelationMatch[]>();
  #withoutTime = 0;
  #forgotten = 0;

  constructor(private readonly engine: CorrelationEngine) {}

  isSilent(rule: Sighting['rule']): boolean {
    return this.engine.silent.has(rule);
  }

  async add(sighting: Sighting): Promise<void> {
    if (!this.engine.watched.has(sighting.rule)) return;
    if (Number.isNaN(sighting.time)) {
      this.#withoutTime += 1;
      return;
    }
    const tenant = String(sighting.event['tenantId'] ?? sighting.event['tenant'] ?? '');
    const waiting = this.#waiting.get(tenant) ?? [];
    waiting.push(sighting);
    this.#waiting.set(tenant, waiting);
    if (waiting.length >= BATCH) await this.#flush(tenant, waiting);
  }

  /** The matches that begin an episode, in order of their events. */
  async finish(io: CommandIo): Promise<CorrelationMatch[]> {
    for (const [tenant, waiting] of this.#waiting) await this.#flush(tenant, waiting);
    if (this.#withoutTime > 0)
      io.stderr.write(
        `parapet rules match: ${this.#withoutTime} events without a time were not correlated\n`,
      );
    if (this.#forgotten > 0)
      io.stderr.write(
        `parapet rules match: correlations let go of ${this.#forgotten} events beyond their memory\n`,
      );
    return [...this.#matches.values()]
      .flatMap((matches) => episodes(matches))
      .sort((a, b) => Number(a.eventId) - Number(b.eventId));
  }

  async #flush(tenant: string, waiting: Sighting[]): Promise<void> {
    const sightings = waiting.splice(0);
    const { matches, forgotten } = await this.engine.apply(tenant, sightings);
    this.#forgotten += forgotten;
    const known = this.#matches.get(tenant) ?? [];
    for (const match of matches) known.push(match);
    this.#matches.set(tenant, known);
  }
}
