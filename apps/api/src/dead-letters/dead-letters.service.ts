import { Injectable } from '@nestjs/common';
import type { endpoints, ParsedOf, ResponseOf } from '@parapet/contracts';
import { encodeCursor } from '@parapet/eventstore';
import { AuditService } from '../core/audit.service.js';
import { cursorParam } from '../http/cursor-param.js';
import type { Principal } from '../http/principal.js';
import { deadLetterCursorSchema, DeadLettersRepository } from './dead-letters.repository.js';

/** Letters that one request sends on their way. */
const MAX_REPLAY = 10_000;

@Injectable()
export class DeadLettersService {
  constructor(
    private readonly letters: DeadLettersRepository,
    private readonly audit: AuditService,
  ) {}

  async list(
    { tenantId }: Principal,
    { limit, cursor, reason, state }: ParsedOf<typeof endpoints.listDeadLetters>['query'],
  ): Promise<ResponseOf<typeof endpoints.listDeadLetters>> {
    const after = cursorParam(cursor, deadLetterCursorSchema);
    const [found, open] = await Promise.all([
      this.letters.list(tenantId, { reason, state }, limit + 1, after),
      this.letters.open(tenantId),
    ]);
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return { items, nextCursor: last ? encodeCursor([Date.parse(last.createdAt), last.id]) : null, open };
  }

  async replay(
    caller: Principal,
    wanted: ParsedOf<typeof endpoints.replayDeadLetters>['body'],
  ): Promise<ResponseOf<typeof endpoints.replayDeadLetters>> {
    return this.letters.within(caller.tenantId, async (tx) => {
      const result = await this.letters.replay(tx, caller.tenantId, wanted, MAX_REPLAY);
      if (result.replayed > 0) {
        await this.audit.record(tx, caller, {
          action: 'dead_letters.replayed',
          details: { letters: result.replayed, reason: wanted.reason ?? null },
        });
      }
      return result;
    });
  }
}
