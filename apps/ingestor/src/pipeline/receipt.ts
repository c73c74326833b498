/** One event of a sender that waits for our acknowledgement. */
export class Mark {
  /** The batch that carries it, once there is one. */
  batchId: string | undefined;
  private inRedis = false;
  private waiting: (() => void)[] = [];

  /** `fingerprint`: what a second delivery of the same event would show again; see InDoubt. */
  constructor(readonly fingerprint: string) {}

  get stored(): boolean {
    return this.inRedis;
  }

  /** Calls back when Redis has the event, at once if it does. */
  whenStored(callback: () => void): void {
    if (this.inRedis) callback();
    else this.waiting.push(callback);
  }

  /** Redis has the event. */
  settle(): void {
    this.inRedis = true;
    for (const callback of this.waiting) callback();
    this.waiting = [];
  }
}

/**
 * What one request or one read of a connection brought, until Redis has all of it: only then the sender is told. The
 * source `seal`s it when it has handed out everything, and says at the end whether its answer left (`InDoubt`).
 */
export class Receipt {
  readonly marks: Mark[] = [];
  private open = 1;

  /** `settled` is called once, when Redis has everything. */
  constructor(private readonly settled: () => void) {}

  add(mark: Mark): void {
    this.marks.push(mark);
    this.open++;
    mark.whenStored(this.close);
  }

  seal(): void {
    this.close();
  }

  private readonly close = (): void => {
    if (--this.open === 0) this.settled();
  };
}
