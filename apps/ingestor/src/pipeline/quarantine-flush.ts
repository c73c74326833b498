import { countFailure, type Logger } from '@parapet/telemetry';
import type { QuarantinedFrames, Quarantine } from './quarantine.js';

/** Where quarantined frames are kept; `QuarantineStore` is one. */
export interface QuarantineKeeper {
  save(frames: readonly QuarantinedFrames[]): Promise<void>;
}

const EVERY_MS = 2000;

/** Writes the quarantine down every two seconds; what can't be written is kept, within the quarantine's bounds. */
export class QuarantineFlush {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private failing = false;

  constructor(
    private readonly quarantine: Quarantine,
    private readonly keeper: QuarantineKeeper,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.flush().then(() => this.start());
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
    clearTimeout(this.timer);
    await this.flush();
  }

  private async flush(): Promise<void> {
    const frames = this.quarantine.take();
    if (frames.length === 0) return;
    try {
      await this.keeper.save(frames);
      this.failing = false;
    } catch (error) {
      countFailure('quarantine', 'save');
      if (!this.failing)
        this.logger.error({ err: error, senders: frames.length }, 'the quarantine can’t be written');
      this.failing = true;
      this.quarantine.putBack(frames);
    }
  }
}
