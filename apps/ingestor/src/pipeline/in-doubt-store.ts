import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { z } from 'zod';
import { QUEUE_PREFIX, QUEUES } from '@parapet/queue';
import type { DoubtNotes } from './in-doubt.js';

const PREFIX = `${QUEUE_PREFIX}:in-doubt:`;
/** How long a note is of use: after that no sender repeats a delivery. */
const NOTE_SECONDS = 3600;
const SEPARATOR = ' ';
const ledgerRows = z.array(z.object({ batch_id: z.string() }));

/**
 * Notes in Redis, one key a batch. They name fingerprints only, no content and no tenant. A note without its batch
 * (Redis had the one and not yet the other) says nothing was delivered, and is removed.
 */
export class InDoubtStore implements DoubtNotes {
  constructor(
    private readonly redis: Redis,
    private readonly pool: Pool,
  ) {}

  async write(batchId: string, fingerprints: readonly string[]): Promise<void> {
    await this.redis.set(PREFIX + batchId, fingerprints.join(SEPARATOR), 'EX', NOTE_SECONDS);
  }

  async remove(batchId: string): Promise<void> {
    await this.redis.del(PREFIX + batchId);
  }

  async recover(): Promise<{ batchId: string; fingerprints: string[] }[]> {
    const keys: string[] = [];
    for await (const page of this.redis.scanStream({ match: `${PREFIX}*`, count: 1000 })) {
      keys.push(...z.array(z.string()).parse(page));
    }
    const batchIds = [...new Set(keys)].map((key) => key.slice(PREFIX.length));
    const delivered = await this.delivered(batchIds);
    const notes: { batchId: string; fingerprints: string[] }[] = [];
    for (const batchId of batchIds) {
      const note = delivered.has(batchId) ? await this.redis.get(PREFIX + batchId) : null;
      if (note !== null) notes.push({ batchId, fingerprints: note.split(SEPARATOR) });
      else await this.remove(batchId);
    }
    return notes;
  }

  /** The queue is asked before the ledger: a batch that leaves the one meanwhile is in the other. */
  private async delivered(batchIds: readonly string[]): Promise<Set<string>> {
    const delivered = new Set<string>();
    const gone: string[] = [];
    for (const batchId of batchIds) {
      const keys = [QUEUES.events.name, QUEUES.overflow.name].map(
        (name) => `${QUEUE_PREFIX}:${name}:${batchId}`,
      );
      if ((await this.redis.exists(...keys)) > 0) delivered.add(batchId);
      else gone.push(batchId);
    }
    if (gone.length === 0) return delivered;
    const { rows } = await this.pool.query(
      'SELECT batch_id FROM batch_ledger WHERE batch_id = ANY($1::uuid[])',
      [gone],
    );
    for (const { batch_id } of ledgerRows.parse(rows)) delivered.add(batch_id);
    return delivered;
  }
}
