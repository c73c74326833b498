import type { Pool } from 'pg';
import { z } from 'zod';
import type { QuarantinedFrames } from './quarantine.js';
import { TRANSPORTS } from './route.js';

export const STORED_SAMPLES = 20;
/** Rows at most: addresses of datagrams are forged at no cost. A sender that has its row goes on being counted. */
const MAX_ROWS = 20_000;

const UPSERT = `
  INSERT INTO quarantine AS q (address, transport, events, samples, first_seen, last_seen)
  SELECT n.* FROM unnest($1::inet[], $2::text[], $3::bigint[], $4::jsonb[], $5::timestamptz[], $6::timestamptz[])
    AS n (address, transport, events, samples, first_seen, last_seen)
  WHERE (SELECT count(*) FROM quarantine) < $7
     OR EXISTS (SELECT FROM quarantine o WHERE o.address = n.address AND o.transport = n.transport)
  ON CONFLICT (address, transport) DO UPDATE SET
    events = q.events + excluded.events,
    first_seen = least(q.first_seen, excluded.first_seen),
    last_seen = greatest(q.last_seen, excluded.last_seen),
    samples = (SELECT jsonb_agg(kept.sample ORDER BY kept.at) FROM (
      SELECT sample, at FROM jsonb_array_elements(q.samples || excluded.samples) WITH ORDINALITY AS s (sample, at)
      ORDER BY at DESC LIMIT $8) AS kept)`;

const senderRow = z
  .object({
    address: z.string(),
    transport: z.enum(TRANSPORTS),
    events: z.coerce.number(),
    samples: z.array(z.string()),
    last_seen: z.date(),
  })
  .transform(({ last_seen, ...row }) => ({ ...row, lastSeen: last_seen }));

/** A sender as quarantine has it. */
export type QuarantinedSender = z.infer<typeof senderRow>;

/** Writes what unknown senders sent into the platform's quarantine, where an operator assigns them to a tenant. */
export class QuarantineStore {
  constructor(private readonly pool: Pool) {}

  /** Adds the counts; keeps the newest samples. */
  async save(frames: readonly QuarantinedFrames[]): Promise<void> {
    if (frames.length === 0) return;
    await this.pool.query(UPSERT, [
      frames.map((f) => f.address),
      frames.map((f) => f.transport),
      frames.map((f) => f.events),
      frames.map((f) => JSON.stringify(f.samples)),
      frames.map((f) => new Date(f.firstSeen)),
      frames.map((f) => new Date(f.lastSeen)),
      MAX_ROWS,
      STORED_SAMPLES,
    ]);
  }

  /** The senders inside a prefix, those with an address of the prefix's family. */
  async within(prefix: string): Promise<QuarantinedSender[]> {
    const { rows } = await this.pool.query(
      `SELECT host(address) AS address, transport, events, samples, last_seen FROM quarantine
       WHERE address <<= $1::inet ORDER BY address, transport`,
      [prefix],
    );
    return z.array(senderRow).parse(rows);
  }

  /** Lets a sender go, unless it has sent since. */
  async remove({ address, transport, lastSeen }: QuarantinedSender): Promise<void> {
    await this.pool.query(
      'DELETE FROM quarantine WHERE address = $1::inet AND transport = $2 AND last_seen = $3',
      [address, transport, lastSeen],
    );
  }
}
