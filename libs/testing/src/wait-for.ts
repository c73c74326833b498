import { setTimeout as sleep } from 'node:timers/promises';

/** What was waited for did not come in time. */
export class WaitTimeoutError extends Error {
  constructor(what: string, timeoutMs: number, options?: ErrorOptions) {
    super(`waited ${timeoutMs} ms in vain for ${what}`, options);
    this.name = 'WaitTimeoutError';
  }
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;
const isTruthy = <T>(value: T): value is Truthy<T> => Boolean(value);

/** Calls `check` every `everyMs` until it answers something truthy, and returns that. An error in it counts as "not yet". */
export async function waitFor<T>(
  check: () => T | Promise<T>,
  {
    timeoutMs = 10_000,
    everyMs = 25,
    what = 'a condition',
  }: { timeoutMs?: number; everyMs?: number; what?: string } = {},
): Promise<Truthy<T>> {
  const end = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await check();
      if (isTruthy(value)) return value;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= end) throw new WaitTimeoutError(what, timeoutMs, { cause: last });
    await sleep(everyMs);
  }
}
