import { createHash } from 'node:crypto';
import { planSegments, settle, windowKey } from '@parapet/detection';
import type {
  SegmentAnswer,
  SegmentDelta,
  WindowOp,
  WindowResult,
  WindowSpec,
  WindowStore,
} from '@parapet/detection';
import { ReplyError, type Redis } from 'ioredis';
import { Packr } from 'msgpackr';
import { WINDOW_SCRIPT } from './window-script.js';

const SHA = createHash('sha1').update(WINDOW_SCRIPT).digest('hex');
const HOUR_S = 3600;

const packr = new Packr({ useRecords: false, variableMapSize: true });

/**
 * Windows in Redis, below `{tenant}:win:`. One script call for each tenant's part of a batch; calls made in one tick
 * (the sections of a batch) leave in one write and cost one round trip. Throws what ioredis throws.
 */
export class RedisWindowStore implements WindowStore {
  constructor(private readonly redis: Redis) {}

  async apply(tenantId: string, ops: readonly WindowOp[]): Promise<WindowResult[]> {
    if (ops.length === 0) return [];
    const plan = planSegments(ops);
    const keys: string[] = [];
    const deltas: unknown[] = [];
    const specs = new SpecTable();
    for (const step of plan) {
      const op = ops[step.op];
      if (op === undefined) continue;
      keys.push(`{${tenantId}}:${windowKey(op, step.segment)}`);
      deltas.push(packDelta(specs.numberOf(op.spec), step));
    }
    const reply = await this.#run(keys, packr.pack([specs.rows, deltas]));
    const answers: (SegmentAnswer & { base: number })[][] = ops.map(() => []);
    for (const { index, answer } of readReply(reply)) {
      const step = plan[index];
      if (step !== undefined) answers[step.op]?.push({ ...answer, base: step.base });
    }
    return ops.map((op, index) => settle(op, answers[index] ?? []));
  }

  async #run(keys: string[], ops: Buffer): Promise<unknown> {
    try {
      return await this.redis.callBuffer('EVALSHA', SHA, keys.length, ...keys, ops);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      // The first call after a start of Redis, which forgets scripts. EVAL makes it known again.
      return await this.redis.callBuffer('EVAL', WINDOW_SCRIPT, keys.length, ...keys, ops);
    }
  }
}

/** Redis names the kind of an error in its first word (RESP specification, simple errors). */
function isUnknownScript(error: unknown): boolean {
  return error instanceof ReplyError && error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/**
 * How long a key outlives its last change, in seconds: it must still be there when events that were on the way for
 * an hour arrive, and for as long again as a window is.
 */
export function timeToLive(windowMs: number): number {
  const windowSeconds = Math.ceil(windowMs / 1000);
  return windowSeconds + Math.max(windowSeconds, HOUR_S);
}

/** The different window specs of a call, each sent once. */
class SpecTable {
  readonly rows: number[][] = [];
  readonly #numbers = new Map<string, number>();

  /** From 1, as Lua counts. */
  numberOf({ windowMs, threshold, mode }: WindowSpec): number {
    const name = `${mode}-${threshold}-${windowMs}`;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.rows.push([windowMs, threshold, mode === 'distinct' ? 1 : 0, timeToLive(windowMs)]);
      this.#numbers.set(name, number);
    }
    return number;
  }
}

function packDelta(spec: number, { delta }: SegmentDelta): unknown[] {
  const starts: number[] = [];
  for (const { from, to } of delta.starts) starts.push(from, to);
  const entries: (number | string)[] = [];
  for (const { time, id, key, cls, weight } of delta.entries) entries.push(time, id, key, cls, weight);
  return [spec, starts, entries];
}

/** The script is this program's own; what doesn't look like its answer is a fault, not input. */
function readReply(reply: unknown): { index: number; answer: SegmentAnswer }[] {
  const flat: unknown = Buffer.isBuffer(reply) ? packr.unpack(reply) : undefined;
  if (!Array.isArray(flat)) throw new TypeError('the window script must answer with a packed list');
  const answers: { index: number; answer: SegmentAnswer }[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    const starts = pairsOf(flat[i + 1], (from, to) => ({ from: Number(from), to: Number(to) }));
    const members = pairsOf(flat[i + 2], (time, id) => ({ time: Number(time), id: String(id) }));
    answers.push({ index: Number(flat[i]), answer: { starts, members } });
  }
  return answers;
}

function pairsOf<T>(list: unknown, read: (first: unknown, second: unknown) => T): T[] {
  const pairs: T[] = [];
  // cmsgpack packs an empty table as an empty list or map; neither holds a pair.
  if (!Array.isArray(list)) return pairs;
  for (let i = 0; i + 1 < list.length; i += 2) pairs.push(read(list[i], list[i + 1]));
  return pairs;
}
