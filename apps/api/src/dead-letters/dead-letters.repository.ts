import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { wireEventSchema, type DeadLetter } from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';
import { Statement } from '@parapet/eventstore';

interface Row {
  id: string;
  created_at: Date;
  stage: string;
  reason: string;
  detail: string | null;
  replayed_at: Date | null;
  event: unknown;
}

/** Time (epoch ms) and id of a page's last letter. */
export const deadLetterCursorSchema = z.tuple([z.int(), z.uuid()]);
type Cursor = z.infer<typeof deadLetterCursorSchema>;

export interface LetterFilter {
  reason?: string;
  state: 'open' | 'replayed' | 'all';
}

/** Letters that one message to the relay brings back: they become one batch. */
export const LETTERS_A_BATCH = 500;

const eventRecord = z.record(z.string(), z.unknown());

@Injectable()
export class DeadLettersRepository {
  constructor(private readonly database: TenantDatabase) {}

  /** At most `limit` letters, newest first. */
  async list(tenantId: string, filter: LetterFilter, limit: number, after?: Cursor): Promise<DeadLetter[]> {
    const statement = new Statement();
    const terms = [`tenant_id = ${statement.add(tenantId)}`];
    if (filter.reason !== undefined) terms.push(`reason = ${statement.add(filter.reason)}`);
    if (filter.state !== 'all') terms.push(`replayed_at is ${filter.state === 'open' ? '' : 'not '}null`);
    if (after)
      terms.push(
        `(created_at, id) < (${statement.add(new Date(after[0]))}::timestamptz, ${statement.add(after[1])}::uuid)`,
      );
    const rows = await this.database.queryTenant<Row>(
      tenantId,
      `select id, created_at, stage, reason, detail, replayed_at, event from dead_letters
       where ${terms.join(' and ')} order by created_at desc, id desc limit ${statement.add(limit)}`,
      statement.params,
    );
    return rows.map((row) => ({
      id: row.id,
      createdAt: row.created_at.toISOString(),
      stage: row.stage,
      reason: row.reason,
      detail: row.detail,
      replayedAt: row.replayed_at?.toISOString() ?? null,
      event: eventRecord.parse(row.event),
    }));
  }

  /** Open letters by reason. */
  async open(tenantId: string): Promise<{ reason: string; letters: number }[]> {
    const rows = await this.database.queryTenant<{ reason: string; letters: string }>(
      tenantId,
      'select reason, count(*) as letters from dead_letters where tenant_id = $1 and replayed_at is null group by 1 order by 1',
      [tenantId],
    );
    return rows.map(({ reason, letters }) => ({ reason, letters: Number(letters) }));
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  /**
   * Marks open letters as replayed and leaves the messages that bring them back, in one transaction. Letters whose event
   * has no valid form stay open.
   */
  async replay(
    tx: TenantTx,
    tenantId: string,
    wanted: { ids?: string[]; reason?: string },
    limit: number,
  ): Promise<{ replayed: number; unreadable: number; more: boolean }> {
    const found = await tx.deadLetter.findMany({
      where: {
        replayedAt: null,
        ...(wanted.ids ? { id: { in: wanted.ids } } : {}),
        ...(wanted.reason === undefined ? {} : { reason: wanted.reason }),
      },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: limit + 1,
      select: { id: true, event: true },
    });
    const readable = found.slice(0, limit).filter(({ event }) => wireEventSchema.safeParse(event).success);
    let replayed = 0;
    for (let at = 0; at < readable.length; at += LETTERS_A_BATCH) {
      const replayId = newId();
      const ids = readable.slice(at, at + LETTERS_A_BATCH).map(({ id }) => id);
      // Asked again in the update: another replay may have been quicker.
      const { count } = await tx.deadLetter.updateMany({
        where: { id: { in: ids }, replayedAt: null },
        data: { replayedAt: new Date(), replayId },
      });
      if (count === 0) continue;
      replayed += count;
      await tx.outboxMessage.createMany({
        data: [
          {
            tenantId,
            kind: 'dead_letters.replay',
            payload: { kind: 'dead_letters.replay', v: 1, tenantId, replayId },
          },
        ],
      });
    }
    return {
      replayed,
      unreadable: Math.min(found.length, limit) - readable.length,
      more: found.length > limit,
    };
  }
}
