import { Injectable } from '@nestjs/common';
import type { TenantTx } from '@parapet/db';
import type { Principal } from '../http/principal.js';

export interface AuditEntry {
  /** What was done, as `<thing>.<verb>`: `source.created`, `login.failed`. */
  action: string;
  /** Id or name of what it was done to. */
  target?: string;
  /** What is worth knowing later. Never a secret, never a password, not even a wrong one. */
  details?: Record<string, string | number | boolean | null | string[]>;
}

/** Who did it: a signed-in person, or a name alone where nobody is signed in yet. */
export type Actor = Pick<Principal, 'userId' | 'tenantId' | 'email' | 'ip'>;

/** Writes the audit log. The table is insert-only and hash-chained by a trigger. */
@Injectable()
export class AuditService {
  /** Adds an entry in the caller's transaction, so that the deed and its record stand or fall together. */
  async record(tx: TenantTx, actor: Actor, entry: AuditEntry): Promise<void> {
    await tx.auditEntry.createMany({
      data: [
        {
          tenantId: actor.tenantId,
          actorId: actor.userId,
          actor: actor.email,
          action: entry.action,
          target: entry.target,
          details: entry.details ?? {},
          ip: actor.ip,
        },
      ],
    });
  }
}
