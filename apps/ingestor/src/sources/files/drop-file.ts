import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { lines, splitText, unfolded } from '@parapet/normalize';
import { metrics } from '@parapet/telemetry';
import type { InDoubt } from '../../pipeline/in-doubt.js';
import type { Intake } from '../../pipeline/intake.js';
import { Receipt } from '../../pipeline/receipt.js';
import type { Sender } from '../../pipeline/sender.js';
import { unpacked } from './decompress.js';
import { loadProgress, saveProgress, type DropProgress } from './drop-progress.js';

export interface DropFileParts {
  intake: Pick<Intake, 'receive'>;
  inDoubt: Pick<InDoubt, 'told' | 'untold'>;
  /** Resolves when the pipeline takes more. */
  room: (sender: Sender) => Promise<void>;
  stopped: () => boolean;
  /** Called after every part that Redis has taken. */
  onProgress: (progress: DropProgress) => void;
}

/** Lines that are handed on together and acknowledged together. */
const LINES_A_PART = 500;
const HEAD_BYTES = 18;

/**
 * Reads one file from where an earlier reading ended, line by line, and waits for Redis after each part. Resolves with
 * how far it came; `done` is false when it was stopped. `senderAt`: the sender for a time of last modification, epoch ms.
 * @throws when the file can't be read or unpacked; what was read before stays taken
 */
export async function readDropFile(
  path: string,
  progressPath: string,
  senderAt: (modified: number) => Sender,
  { intake, inDoubt, room, stopped, onProgress }: DropFileParts,
): Promise<{ progress: DropProgress; done: boolean }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  const raw = file.createReadStream({ start: 0, autoClose: false });
  try {
    const { size, mtimeMs, ino } = await file.stat();
    const before = await loadProgress(progressPath);
    const same = before?.inode === ino && before.modified === mtimeMs && before.size === size;
    let progress: DropProgress = { lines: 0, bytes: 0, size, modified: mtimeMs, inode: ino };
    const skip = same ? before.lines : 0;
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    const sender = senderAt(mtimeMs);

    let seen = 0;
    let part: { bytes: Buffer; truncated: boolean }[] = [];
    const handOn = async () => {
      await room(sender);
      const batch = part;
      part = [];
      const receipt = await settled(batch, sender, intake);
      progress = { ...progress, lines: seen, bytes: Math.min(raw.bytesRead, size) };
      await saveProgress(progressPath, progress);
      inDoubt.told(receipt);
      onProgress(progress);
    };
    for await (const line of lines(unfolded(unpacked(raw, head.subarray(0, bytesRead))))) {
      seen++;
      if (seen <= skip || line.bytes.length === 0) continue;
      part.push(line);
      if (part.length < LINES_A_PART) continue;
      await handOn();
      if (stopped()) return { progress, done: false };
    }
    await handOn();
    return { progress, done: true };
  } finally {
    raw.destroy();
    await file.close();
  }
}

function settled(
  part: readonly { bytes: Buffer; truncated: boolean }[],
  sender: Sender,
  intake: Pick<Intake, 'receive'>,
): Promise<Receipt> {
  return new Promise((resolve) => {
    const receipt: Receipt = new Receipt(() => resolve(receipt));
    let events = 0;
    for (const { bytes, truncated } of part) {
      const records = truncated ? undefined : splitText(bytes);
      if (records === undefined) intake.receive(bytes, truncated, sender, receipt);
      else
        for (const record of records)
          intake.receive(Buffer.from(JSON.stringify(record)), false, sender, receipt);
      events += records?.length ?? 1;
    }
    metrics.received.inc({ transport: 'file' }, events);
    receipt.seal();
  });
}
