import { createHash, randomBytes } from 'node:crypto';
import { ReplyError, type Redis } from 'ioredis';
import { Packr, Unpackr } from 'msgpackr';
import {
  absorbObservations,
  completionSegment,
  correlationSegments,
  settleObservations,
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

/** What APPEND answers with: the key is new, all that it held, or what it held beyond what the caller knows. */
const NEW = 0;
const ALL = 1;
const BEYOND = 2;

/**
 * Adds to every key and answers what each held before, as kind and bytes. KEYS[n]: a key; ARGV[5n-4…5n]: mark of a new key, packed observations, time
 * to live (s), mark and length that the caller knows (empty and 0 for none). A key too short for a mark is not ours, and made anew.
 */
const APPEND = `
local answer = {}
for n = 1, #KEYS do
  local key, mark, added, ttl, known, length = KEYS[n], ARGV[5 * n - 4], ARGV[5 * n - 3], ARGV[5 * n - 2], ARGV[5 * n - 1], tonumber(ARGV[5 * n])
  local before = redis.call('APPEND', key, added) - #added
  local kind, held = ${NEW}, ''
  if before < ${MARK} then
    redis.call('SET', key, mark .. added)
  elseif length > 0 and before >= length and redis.call('GETRANGE', key, 0, ${MARK - 1}) == known then
    kind = ${BEYOND}
    if before > length then held = redis.call('GETRANGE', key, length, before - 1) end
  else
    kind, held = ${ALL}, redis.call('GETRANGE', key, 0, before - 1)
  end
  redis.call('EXPIRE', key, ttl)
  answer[2 * n - 1], answer[2 * n] = kind, held
end
return answer`;

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
  /** Observations in `packed`. */
  sent: number;
}

/** Longer values are told apart by their hash: only whether they are the same matters. */
const LONGEST_VALUE = 64;
/** Fields for correlations above; what is longer is no field to group by. */
const LONGEST_CARRY = 4096;
/** A key is written anew when it holds so many observations more than it needs. */
const SLACK = 16;
const MOST_SLACK = 256;
/** Events of earlier batches that an answer names at the most, for each op. */
const MOST_MEMBERS = 400;

/**
 * Correlations in Redis, below `{tenant}:sigma:`. The state is that of libs/sigma's store in memory, by the same functions: one script call adds
 * a batch's observations and answers what was there, which this process then judges. Whoever adds later sees the earlier; so at least one of two
 * processors sees every window whole. Observations that can't change an answer any more are taken out by a second call that nobody waits for, and
 * that does nothing when the key has changed in between. Throws what ioredis throws.
 */
export class RedisCorrelationStore implements EvidenceStore {
  readonly #known = new KnownKeys();

  constructor(
    private readonly redis: Redis,
    /** A failure to take out what isn't needed: nothing is lost by it. */
    private readonly onTidyFailure: (error: unknown) => void = () => undefined,
  ) {}

  async apply(tenantId: string, ops: readonly CorrelationOp[]) {
    const steps = ops.flatMap((op, index) => stepsOf(tenantId, op, index));
    if (steps.length === 0) return ops.map(() => ({ completions: [], forgotten: 0, members: [] }));
    // Keys differ, so that one mark does for all that a call makes.
    const mark = randomBytes(MARK);
    // As they are now: until the answer is here, another batch may have moved on.
    const known = steps.map(({ key }) => this.#known.get(key));
    const reply = await this.#run(
      APPEND,
      steps.map(({ key }) => key),
      steps.flatMap(({ op, packed }, index) => {
        const one = known[index];
        return [mark, packed, ttlOf(ops[op]), one?.mark ?? '', String(one?.length ?? 0)];
      }),
    );
    const judges = ops.map((op) => new Judge(op));
    const tidy = new Tidy();
    steps.forEach((step, index) => {
      const held = heldBefore(reply, index, mark, known[index]);
      const judged = judges[step.op]?.judge(step, held);
      if (judged === undefined) return;
      const { state } = judged;
      const now = { mark: held.mark, length: held.length + step.packed.length, state, holds: judged.holds };
      this.#known.set(step.key, tidy.add(step.key, now, ttlOf(ops[step.op])));
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
    ...sentOf(settleObservations(added, spec)),
  }));
}

/** What the batch itself makes needless is not sent. */
const sentOf = (state: readonly Observation[]) => ({ packed: pack(state), sent: state.length });

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

/** Packed observations, as they were added: unsorted, and some perhaps twice. What is no observation is left out. */
function unpack(packed: Buffer): Observation[] {
  if (packed.length === 0) return [];
  const rows: unknown = unpackr.unpackMultiple(packed);
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row): Observation[] => {
    if (!Array.isArray(row)) return [];
    const [time, source, id, value, carry]: unknown[] = row;
    if (typeof time !== 'number' || typeof source !== 'number' || typeof id !== 'string') return [];
    return [{ time, source, id, value: String(value), carry: String(carry) }];
  });
}

/** A key as this process last saw it. Mark and length tell whether it is still so, or how much was added. */
interface Known {
  mark: Buffer;
  length: number;
  /** What it comes to. */
  state: readonly Observation[];
  /** Observations in it, needless ones too. */
  holds: number;
}

/** What a key held before this batch's observations. */
interface Held extends Known {
  /** Added by others since `state`. */
  more: readonly Observation[];
}

function heldBefore(reply: unknown, index: number, mark: Buffer, known: Known | undefined): Held {
  const kind: unknown = Array.isArray(reply) ? reply[2 * index] : undefined;
  const bytes: unknown = Array.isArray(reply) ? reply[2 * index + 1] : undefined;
  if (!Buffer.isBuffer(bytes)) throw new TypeError('the correlation script must answer what each key held');
  if (kind === BEYOND && known !== undefined) {
    const more = unpack(bytes);
    return { ...known, length: known.length + bytes.length, holds: known.holds + more.length, more };
  }
  if (kind !== ALL) return { mark, length: MARK, state: [], holds: 0, more: [] };
  const more = unpack(bytes.subarray(MARK));
  return { mark: bytes.subarray(0, MARK), length: bytes.length, state: [], holds: more.length, more };
}

/** Observations that are remembered in all, about 30 MiB. */
const MOST_KNOWN = 150_000;
/** What a key costs beside its observations. */
const PER_KEY = 2;

/** Keys that were used last. To forget one costs no more than reading it again. */
class KnownKeys {
  readonly #keys = new Map<string, Known>();
  #size = 0;

  get(key: string): Known | undefined {
    return this.#keys.get(key);
  }

  set(key: string, known: Known): void {
    const old = this.#keys.get(key);
    if (old !== undefined) this.#forget(key, old);
    this.#keys.set(key, known);
    this.#size += known.state.length + PER_KEY;
    for (const [first, one] of this.#keys) {
      if (this.#size <= MOST_KNOWN) break;
      this.#forget(first, one);
    }
  }

  #forget(key: string, known: Known): void {
    this.#keys.delete(key);
    this.#size -= known.state.length + PER_KEY;
  }
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

  judge({ added, sent, segment }: Step, { state: known, more, holds }: Held): Judged {
    const { spec } = this.op;
    const before = more.length === 0 ? known : settleObservations([...known, ...more], spec);
    const { state, held: holding, forgotten } = absorbObservations(before, added, spec);
    this.#forgotten += forgotten;
    const mine = holding.filter(({ time }) => completionSegment(time, spec) === segment);
    for (const { id, time, carry } of mine) this.#completions.push({ id, time, carry });
    if (mine.length > 0) this.#remember(before, mine);
    return { state, holds: holds + sent };
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

  /** Answers how the key is going to be. Should it not, its mark will tell. */
  add(key: string, now: Known, ttl: string): Known {
    const { mark, length, state, holds } = now;
    if (holds <= state.length + Math.min(MOST_SLACK, Math.max(SLACK, state.length / 4))) return now;
    const fresh = randomBytes(MARK);
    const packed = pack(state);
    this.keys.push(key);
    this.args.push(mark, String(length), fresh, packed, ttl);
    return { mark: fresh, length: MARK + packed.length, state, holds: state.length };
  }
}
