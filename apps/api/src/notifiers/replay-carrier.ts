import { fromWireEvent, type NormalizedEvent, type OutboxMessage } from '@parapet/contracts';
import type { TenantQuery } from '@parapet/db';
import { packEvents, type Producer } from '@parapet/queue';

type ReplayMessage = Extract<OutboxMessage, { kind: 'dead_letters.replay' | 'quarantine.replay' }>;

const LETTERS =
  'select event from dead_letters where tenant_id = $1 and replay_id = $2 order by created_at, id';
/** The ingestor hears of a new source within 2 s and writes strangers' last lines down within 5 s; then it replays. */
const QUARANTINE_DELAY_MS = 8000;

/**
 * Sends events that were set aside on their way again. The job's id, and the batch's, is the replay's: done twice after a
 * crash it still counts once.
 */
export class ReplayCarrier {
  constructor(
    private readonly events: Pick<Producer<'events'>, 'add'>,
    private readonly replays: Pick<Producer<'replay'>, 'add'>,
  ) {}

  async carry(query: TenantQuery, message: ReplayMessage): Promise<void> {
    const { tenantId, replayId } = message;
    if (message.kind === 'quarantine.replay') {
      const { prefix } = message;
      await this.replays.add(
        replayId,
        { kind: 'replay', v: 1, tenantId, prefix },
        { delay: QUARANTINE_DELAY_MS },
      );
      return;
    }
    const { rows } = await query<{ event: unknown }>(LETTERS, [tenantId, replayId]);
    const events = rows.map(({ event }): NormalizedEvent => fromWireEvent(event, tenantId));
    if (events.length > 0) await this.events.add(replayId, packEvents(replayId, [{ tenantId, events }]));
  }
}
