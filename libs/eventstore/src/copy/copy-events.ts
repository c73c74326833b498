import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { EVENT_COLUMNS } from '../columns.js';

const COPY = `COPY events (${EVENT_COLUMNS.join(', ')}) FROM STDIN (FORMAT binary)`;

/**
 * Sends encoded rows (`EventRowEncoder`) inside the client's transaction. Resolves with the number of rows when
 * PostgreSQL has taken them; rejects with what it refused.
 */
export async function copyEvents(client: PoolClient, chunks: readonly Buffer[]): Promise<number> {
  const stream = client.query(copyFrom(COPY));
  const done = finished(stream);
  const send = async () => {
    for (const chunk of chunks) if (!stream.write(chunk)) await once(stream, 'drain');
    stream.end();
    await done;
  };
  // Whichever ends first: an error that comes while we wait for `drain` ends both.
  await Promise.race([done, send()]);
  return stream.rowCount;
}
