import { setTimeout as sleep } from 'node:timers/promises';
import { countFailure, type Logger } from '@parapet/telemetry';

export interface PeriodicTask {
  name: string;
  everyMs: number;
  run: () => Promise<void>;
}

/** Runs each task at once and then again after its pause, never twice at a time. Failures are counted and shown. */
export class PeriodicTasks {
  private readonly stopping = new AbortController();
  private loops: Promise<void>[] = [];

  constructor(
    private readonly tasks: readonly PeriodicTask[],
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.loops = this.tasks.map((task) => this.loop(task));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  private async loop(task: PeriodicTask): Promise<void> {
    const { signal } = this.stopping;
    let failing = false;
    while (!signal.aborted) {
      try {
        await task.run();
        failing = false;
      } catch (error) {
        countFailure('processor', task.name);
        // The first of a row is shown; the counter tells how long the row is.
        if (!failing) this.logger.error({ err: error, task: task.name }, 'a periodic task failed');
        failing = true;
      }
      // What failed is not left for an hour.
      const pause = failing ? Math.min(task.everyMs, 10_000) : task.everyMs;
      await sleep(pause, undefined, { signal }).catch(ignoreAbort);
    }
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
