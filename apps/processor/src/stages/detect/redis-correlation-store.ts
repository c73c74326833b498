import { createHash, randomBytes } from 'node:crypto';
import { ReplyError, type Redis } from 'ioredis';
import { Packr, Unpackr } from 'msgpackr';
import {
  absorbObservations,
  completionSegment,
  correlationSegments,
  type Completion,
  type CorrelationOp,
  type CorrelationResult,
  type CorrelationSpec,
  type Observation,
} from '@parapet/sigma';
import type { EvidenceStore } from '@parapet/detection';
import { timeToLive } from './redis-window-store.js';

/** Bytes of a key's mark: as long as it is the same, the key was only appended to. */
const MARK = 8;

/**
 * Adds to every key and answers what each held before. KEYS[n]: a key; ARGV[3n-2…3n]: mark of a new key, packed observations, time to live (s).
 * A key that another program would have to have written (too short for a mark) is made anew.
 */
const APPEND = `
local before = {}
for n = 1, #KEYS do
  local mark, added, ttl = ARGV[3 * n - 2], ARGV[3 * n - 1], ARGV[3 * n]
  local held = redis.call('GET', KEYS[n])
  if held and #held >= ${MARK} then
    redis.call('APPEND', KEYS[n], added)
    redis.call('EXPIRE', KEYS[n], ttl)
    before[n] = held
  else
    redis.call('SET', KEYS[n], mark .. added, 'EX', ttl)
    before[n] = ''
  end
end
return before`;

/**
 * Replaces keys that are as they were seen. ARGV[5n-4…5n]: mark and length that were seen, new mark, new content, time to live (s). A key that has
 * grown since is left as it is; whoever made it grow has seen it all.
 */
const REPLACE = `
for n = 1, #KEYS do
  local mark, length = ARGV[5 * n - 4], tonumber(ARGV[5 * n - 3])
  if redis.call('STRLEN', KEYS[n]) == length and redis.call('GETRANGE', KEYS[n], 0, ${MARK - 1}) == mark then
    redis.call('SET', KEYS[n], ARGV[5 * n - 2] .. ARGV[5 * n - 1], 'EX', ARGV[5 * n])
  end
end`;

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });

interface Step {
  op: number;
  key: string;
  segment: number;
  added: readonly Observation[];
  packed: Buffer;
}

/** Longer values are told apart by their hash: only whether they are the same matters. */
const LONGEST_VALUE = 64;
/** Fields for correlations above; what is longer is no field to group by. */
const LONGEST_CARRY = 4096;
/** A key is written anew when it holds so many observations more than it needs. */
const SLACK = 16;
/** Events of earlier batches that an answer names at the most, for each op. */
const MOST_MEMBERS = 400;

/**
 * Correlations in Redis, below `{tenant}:sigma:`. The state is that of libs/sigma's store in memory, by the same functions: one script call adds
 * a batch's observations and answers what was there, which this process then judges. Whoever adds later sees the earlier; so at least one of two
 * processors sees every window whole. Observations that can't change an answer any more are taken out by a second call that nobody waits for, and
 * that does nothing when the key has changed in between. Throws what ioredis throws.
 */
export class RedisCorrelationStore implements EvidenceStore {
  constructor(
    private readonly redis: Redis,
    /** A failure to take out what isn't needed: nothing is lost by it. */
    private readonly onTidyFailure: (error: unknown) => void = () => undefined,
  ) {}

  async apply(tenantId: string, ops: readonly CorrelationOp[]) {
    const steps = ops.flatMap((op, index) => stepsOf(tenantId, op, index));
    if (steps.length === 0) return ops.map(() => ({ completions: [], forgotten: 0, members: [] }));
    const marks = steps.map(() => randomBytes(MARK));
    const reply = await this.#run(
      APPEND,
      steps.map(({ key }) => key),
      steps.flatMap(({ op, packed }, index) => [marks[index] ?? '', packed, ttlOf(ops[op])]),
    );
    const judges = ops.map((op) => new Judge(op));
    const tidy = new Tidy();
    steps.forEach((step, index) => {
      const held = bufferOf(reply, index);
      const judged = judges[step.op]?.judge(step, held);
      if (judged !== undefined) tidy.add(step, held, marks[index] ?? held, judged, ttlOf(ops[step.op]));
    });
    if (tidy.keys.length > 0) this.#run(REPLACE, tidy.keys, tidy.args).catch(this.onTidyFailure);
    return judges.map((judge) => judge.result());
  }

  async #run(script: string, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    const sha = SHA.get(script) ?? '';
    try {
      return await this.redis.callBuffer('EVALSHA', sha, keys.length, ...keys, ...args);
    } catch (error) {
      // Redis forgets scripts when it starts. EVAL makes this one known again.
      if (!(error instanceof ReplyError && error instanceof Error && error.message.startsWith('NOSCRIPT')))
        throw error;
      return await this.redis.callBuffer('EVAL', script, keys.length, ...keys, ...args);
    }
  }
}

const SHA = new Map(
  [APPEND, REPLACE].map((script) => [script, createHash('sha1').update(script).digest('hex')]),
);

const ttlOf = (op: CorrelationOp | undefined) => String(timeToLive(op?.spec.windowMs ?? 0));

/** One step for each key that the op's observations belong to. */
function stepsOf(tenantId: string, op: CorrelationOp, index: number): Step[] {
  const { spec } = op;
  const observations = op.observations.map((one) => bounded(one, spec));
  const base = `{${tenantId}}:sigma:${nameOf(op)}`;
  return [...correlationSegments(observations, spec)].map(([segment, added]) => ({
    op: index,
    key: `${base}:${segment}`,
    segment,
    added,
    // What the batch itself makes needless is not sent.
    packed: pack(absorbObservations([], added, spec).state),
  }));
}

/** Rule, condition and group as part of a key. Another threshold or timespan begins anew, as the old one forgot what the new one needs. */
function nameOf({ rule, group, spec }: CorrelationOp): string {
  const what = JSON.stringify([
    rule,
    spec.type,
    spec.windowMs,
    spec.limits,
    spec.rules,
    spec.percentile,
    group,
  ]);
  return `${rule.slice(0, 40)}:${createHash('sha1').update(what).digest('base64url')}`;
}

function bounded(one: Observation, { type }: CorrelationSpec): Observation {
  let { value, carry } = one;
  if (value.length > LONGEST_VALUE)
    value =
      type === 'value_count' ? createHash('sha1').update(value).digest('base64url') : String(Number(value));
  if (carry.length > LONGEST_CARRY) carry = '';
  return value === one.value && carry === one.carry ? one : { ...one, value, carry };
}

function pack(observations: readonly Observation[]): Buffer {
  return Buffer.concat(
    observations.map(({ id, time, source, value, carry }) => packr.pack([time, source, id, value, carry])),
  );
}

/** The observations of a key, as they were added: unsorted, and some perhaps twice. What is no observation is left out. */
function unpack(held: Buffer): Observation[] {
  if (held.length <= MARK) return [];
  const rows: unknown = unpackr.unpackMultiple(held.subarray(MARK));
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row): Observation[] => {
    if (!Array.isArray(row)) return [];
    const [time, source, id, value, carry]: unknown[] = row;
    if (typeof time !== 'number' || typeof source !== 'number' || typeof id !== 'string') return [];
    return [{ time, source, id, value: String(value), carry: String(carry) }];
  });
}

function bufferOf(reply: unknown, index: number): Buffer {
  const held: unknown = Array.isArray(reply) ? reply[index] : undefined;
  if (!Buffer.isBuffer(held)) throw new TypeError('the correlation script must answer what each key held');
  return held;
}

interface Judged {
  state: readonly Observation[];
  /** Observations that the key holds now. */
  holds: number;
}

/** Puts together what the segments of one op's group say. */
class Judge {
  readonly #completions: Completion[] = [];
  readonly #members = new Map<string, { id: string; time: number }>();
  #forgotten = 0;

  constructor(private readonly op: CorrelationOp) {}

  judge({ added, segment }: Step, held: Buffer): Judged {
    const { spec } = this.op;
    const rows = unpack(held);
    // Sorted and without doubles, as `absorbObservations` needs it.
    const before = absorbObservations([], rows, spec).state;
    const { state, held: holding, forgotten } = absorbObservations(before, added, spec);
    this.#forgotten += forgotten;
    const mine = holding.filter(({ time }) => completionSegment(time, spec) === segment);
    for (const { id, time, carry } of mine) this.#completions.push({ id, time, carry });
    if (mine.length > 0) this.#remember(before, mine);
    return { state, holds: rows.length + added.length };
  }

  result(): CorrelationResult & { members: { id: string; time: number }[] } {
    return {
      completions: this.#completions.sort((a, b) => a.time - b.time),
      forgotten: this.#forgotten,
      members: [...this.#members.values()].slice(-MOST_MEMBERS),
    };
  }

  /** What the key held before that lies in a window which is fulfilled. */
  #remember(before: readonly Observation[], holding: readonly Observation[]): void {
    let next = 0;
    for (const { id, time } of before) {
      // The first completion that is not before it; both lists are in order of time.
      while ((holding[next]?.time ?? Infinity) < time) next += 1;
      if ((holding[next]?.time ?? Infinity) <= time + this.op.spec.windowMs)
        this.#members.set(id, { id, time });
    }
  }
}

/** Collects the keys that hold more than they need. */
class Tidy {
  readonly keys: string[] = [];
  readonly args: (string | Buffer)[] = [];

  add({ key, packed }: Step, held: Buffer, mark: Buffer, { state, holds }: Judged, ttl: string): void {
    if (holds <= state.length + Math.max(SLACK, state.length / 4)) return;
    // As the first call left it: what was held and what was added, or a new key.
    const before = held.length >= MARK ? held : mark;
    this.keys.push(key);
    this.args.push(
      before.subarray(0, MARK),
      String(before.length + packed.length),
      randomBytes(MARK),
      pack(state),
      ttl,
    );
  }
}
