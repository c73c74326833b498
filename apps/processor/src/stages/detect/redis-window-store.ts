import { createHash } from 'node:crypto';
import { MOST_OF_TRAIL, planSegments, settle, windowKey } from '@parapet/detection';
import type {
  SegmentAnswer,
  SegmentDelta,
  WindowMode,
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

/** As the script knows the modes. */
const MODE_NUMBER: Record<WindowMode, number> = { sum: 0, distinct: 1, trail: 2 };

/** The different window specs of a call, each sent once. */
class SpecTable {
  readonly rows: number[][] = [];
  readonly #numbers = new Map<string, number>();

  /** From 1, as Lua counts. */
  numberOf({ windowMs, threshold, mode, slotMs = windowMs }: WindowSpec): number {
    const name = `${mode}-${threshold}-${windowMs}-${slotMs}`;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.rows.push([
        windowMs,
        threshold,
        MODE_NUMBER[mode],
        timeToLive(windowMs),
        slotMs,
        MOST_OF_TRAIL,
      ]);
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
  for (let i = 0; i + 3 < flat.length; i += 4) {
    const starts = tuplesOf(flat[i + 1], 2, (list, at) => ({
      from: Number(list[at]),
      to: Number(list[at + 1]),
    }));
    const members = tuplesOf(flat[i + 2], 2, (list, at) => ({
      time: Number(list[at]),
      id: String(list[at + 1]),
    }));
    const marks = tuplesOf(flat[i + 3], 3, (list, at) => ({
      time: Number(list[at]),
      id: String(list[at + 1]),
      key: String(list[at + 2]),
    }));
    answers.push({ index: Number(flat[i]), answer: { starts, members, marks } });
  }
  return answers;
}

function tuplesOf<T>(list: unknown, size: number, read: (list: readonly unknown[], at: number) => T): T[] {
  const tuples: T[] = [];
  // cmsgpack packs an empty table as an empty list or map; neither holds a tuple.
  if (!Array.isArray(list)) return tuples;
  for (let at = 0; at + size <= list.length; at += size) tuples.push(read(list, at));
  return tuples;
}
