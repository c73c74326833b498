import { createHash } from 'node:crypto';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import { Mark, type Receipt } from './receipt.js';
import type { Sender } from './sender.js';

/** Where open batches are noted, so that the next process knows of them; `InDoubtStore` is one. */
export interface DoubtNotes {
  /** Sent before the batch itself on the same connection, so that it is never later than the batch. */
  write(batchId: string, fingerprints: readonly string[]): Promise<void>;
  remove(batchId: string): Promise<void>;
  /** What processes that are gone left: the notes of batches that are in Redis or stored. */
  recover(): Promise<{ batchId: string; fingerprints: string[] }[]>;
}

interface OpenBatch {
  /** Marks that no sender has been told of yet. */
  untold: number;
  /** Epoch ms. */
  since: number;
}

const ROTATE_MS = 300_000;
const MAX_ENTRIES = 500_000;
/** As long as a note lives. */
const FORGET_MS = 3_600_000;

/**
 * A sender that did not hear our acknowledgement (it left, or we were killed) sends again what we already have. This
 * knows those events by a fingerprint (who sends, which bytes), and lets each be recognised once, within ten minutes.
 * Two equal lines on purpose are two entries, so nothing that was never delivered is taken for a repeat.
 */
export class InDoubt {
  private young = new Map<string, Mark[]>();
  private old = new Map<string, Mark[]>();
  private entries = 0;
  private oldEntries = 0;
  private rotatedAt = 0;
  private readonly batches = new Map<string, OpenBatch>();

  constructor(
    private readonly notes: DoubtNotes,
    private readonly logger: Logger,
  ) {}

  /** Reads what was open when an earlier process ended. */
  async recover(): Promise<void> {
    const found = await this.notes.recover();
    let events = 0;
    for (const { batchId, fingerprints } of found) {
      this.batches.set(batchId, { untold: fingerprints.length, since: Date.now() });
      for (const fingerprint of fingerprints) {
        const mark = new Mark(fingerprint);
        mark.batchId = batchId;
        mark.settle();
        this.remember(mark);
        events++;
      }
    }
    if (events > 0)
      this.logger.info(
        { batches: found.length, events },
        'senders may repeat what was taken before the stop',
      );
  }

  /** 128 bits of SHA-256 over who sends and what. */
  static fingerprint(sender: Sender, frame: Buffer): string {
    const hash = createHash('sha256').update(`${sender.transport} ${sender.proof?.hash ?? sender.address}\0`);
    return hash.update(frame).digest('base64').slice(0, 22);
  }

  /** The mark of an earlier delivery of this event whose sender was not told, if there is one. It is used up. */
  claim(fingerprint: string): Mark | undefined {
    if (this.entries === 0) return undefined;
    for (const generation of [this.old, this.young]) {
      const marks = generation.get(fingerprint);
      const mark = marks?.shift();
      if (mark === undefined) continue;
      if (marks?.length === 0) generation.delete(fingerprint);
      this.entries--;
      if (generation === this.old) this.oldEntries--;
      metrics.redelivered.inc();
      return mark;
    }
    return undefined;
  }

  /** A batch with these marks is about to be sent. */
  opened(batchId: string, marks: readonly Mark[]): void {
    if (marks.length === 0) return;
    for (const mark of marks) mark.batchId = batchId;
    const now = Date.now();
    this.forget(now);
    this.batches.set(batchId, { untold: marks.length, since: now });
    this.notes
      .write(
        batchId,
        marks.map(({ fingerprint }) => fingerprint),
      )
      .catch((error: unknown) => {
        countFailure('in-doubt', 'write');
        this.logger.debug({ err: error }, 'a batch was not noted; a crash now may double its events');
      });
  }

  /** The answer has left: these events will not come again. */
  told(receipt: Receipt): void {
    for (const { batchId } of receipt.marks) {
      const batch = batchId === undefined ? undefined : this.batches.get(batchId);
      if (batch === undefined || batchId === undefined || --batch.untold > 0) continue;
      this.batches.delete(batchId);
      this.notes.remove(batchId).catch(() => countFailure('in-doubt', 'remove'));
    }
  }

  /** The sender left before it could be told, and will send these events again. */
  untold(receipt: Receipt): void {
    for (const mark of receipt.marks) this.remember(mark);
  }

  /** Batches whose senders never came back; their notes in Redis end by themselves. The oldest stand first. */
  private forget(now: number): void {
    for (const [batchId, { since }] of this.batches) {
      if (now - since < FORGET_MS) return;
      this.batches.delete(batchId);
    }
  }

  private remember(mark: Mark): void {
    const now = Date.now();
    if (now - this.rotatedAt > ROTATE_MS || this.entries >= MAX_ENTRIES) {
      this.rotatedAt = now;
      this.entries -= this.oldEntries;
      this.old = this.young;
      this.oldEntries = this.entries;
      this.young = new Map();
    }
    const marks = this.young.get(mark.fingerprint);
    if (marks === undefined) this.young.set(mark.fingerprint, [mark]);
    else marks.push(mark);
    this.entries++;
  }
}
