import { createHash } from 'node:crypto';
import { EVIDENCE_FACTOR, planSegments, settle, windowKey } from '@parapet/detection';
import type { SegmentAnswer, SegmentDelta, WindowOp, WindowResult, WindowStore } from '@parapet/detection';
import { ReplyError, type Redis } from 'ioredis';
import { Packr } from 'msgpackr';
import { z } from 'zod';
import { WINDOW_SCRIPT } from './window-script.js';

const SHA = createHash('sha1').update(WINDOW_SCRIPT).digest('hex');
const HOUR_S = 3600;

const packr = new Packr({ useRecords: false, variableMapSize: true });
const replySchema = z.array(z.union([z.number(), z.array(z.union([z.number(), z.string()]))]));

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
    const packed: unknown[] = [];
    for (const step of plan) {
      const op = ops[step.op];
      if (op === undefined) continue;
      keys.push(`{${tenantId}}:${windowKey(op, step.segment)}`);
      packed.push(packDelta(op, step));
    }
    const reply = await this.#run(keys, packr.pack(packed));
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

function packDelta({ spec }: WindowOp, { delta }: SegmentDelta): unknown[] {
  return [
    spec.windowMs,
    spec.threshold,
    spec.mode === 'distinct' ? 1 : 0,
    EVIDENCE_FACTOR * spec.threshold,
    timeToLive(spec.windowMs),
    delta.starts.flatMap(({ from, to }) => [from, to]),
    delta.entries.flatMap(({ time, id, key, cls, weight }) => [time, id, key, cls, weight]),
  ];
}

function readReply(reply: unknown): { index: number; answer: SegmentAnswer }[] {
  if (!Buffer.isBuffer(reply)) throw new TypeError('the window script must answer with a string');
  const flat = replySchema.parse(packr.unpack(reply));
  const answers: { index: number; answer: SegmentAnswer }[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    const starts = pairsOf(flat[i + 1]).map(([from, to]) => ({ from: Number(from), to: Number(to) }));
    const members = pairsOf(flat[i + 2]).map(([time, id]) => ({ time: Number(time), id: String(id) }));
    answers.push({ index: Number(flat[i]), answer: { starts, members } });
  }
  return answers;
}

function pairsOf(list: number | (number | string)[] | undefined): [number | string, number | string][] {
  const pairs: [number | string, number | string][] = [];
  if (!Array.isArray(list)) return pairs;
  for (let i = 0; i + 1 < list.length; i += 2) pairs.push([list[i] ?? 0, list[i + 1] ?? '']);
  return pairs;
}
