import { Injectable } from '@nestjs/common';
import { roleSchema, type User } from '@parapet/contracts';
import { TenantDatabase, type TenantTx } from '@parapet/db';
import { AppPool } from '../core/tokens.js';

/** What sign-in must know before a tenant is known. */
export interface Account {
  userId: string;
  tenantId: string;
  passwordHash: string;
  /** User and tenant are both active. */
  active: boolean;
}

interface AccountRow {
  user_id: string;
  tenant_id: string;
  password_hash: string;
  user_status: string;
  tenant_status: string;
}

export type Rotation = 'rotated' | 'repeated' | 'reused' | 'gone';

/** How long the token before the current one still counts as the same browser's other tab. */
const GRACE_SECONDS = 10;

@Injectable()
export class SessionsRepository {
  constructor(
    private readonly database: TenantDatabase,
    private readonly pool: AppPool,
  ) {}

  async findAccount(email: string): Promise<Account | undefined> {
    const { rows } = await this.pool.query<AccountRow>('select * from auth_find_user($1)', [email]);
    const [row] = rows;
    return (
      row && {
        userId: row.user_id,
        tenantId: row.tenant_id,
        passwordHash: row.password_hash,
        active: row.user_status === 'active' && row.tenant_status === 'active',
      }
    );
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  /** The user as others see them, if user and tenant are active. */
  async findUser(tx: TenantTx, userId: string): Promise<User | undefined> {
    const row = await tx.user.findFirst({
      where: { id: userId, status: 'active', tenant: { status: 'active' } },
      select: {
        id: true,
        email: true,
        name: true,
        role: true,
        tenant: { select: { id: true, slug: true, name: true } },
      },
    });
    return row ? { ...row, role: roleSchema.parse(row.role) } : undefined;
  }

  /**
   * Replaces the refresh token of a session in one statement, so that of parallel refreshes one wins.
   * `repeated`: the token was replaced a moment ago. `reused`: longer ago. `gone`: the session ended, or never was.
   */
  async rotate(
    tx: TenantTx,
    sessionId: string,
    current: Uint8Array<ArrayBuffer>,
    next: Uint8Array<ArrayBuffer>,
    expiresAt: Date,
  ): Promise<{ outcome: Rotation; userId?: string }> {
    const changed = await tx.$queryRaw<{ user_id: string }[]>`
      update sessions set refresh_hash = ${next}, previous_hash = refresh_hash, rotated_at = now(), expires_at = ${expiresAt}
      where id = ${sessionId}::uuid and refresh_hash = ${current} and revoked_at is null and expires_at > now()
      returning user_id`;
    if (changed[0]) return { outcome: 'rotated', userId: changed[0].user_id };
    const found = await tx.$queryRaw<{ user_id: string; repeated: boolean }[]>`
      select user_id, (refresh_hash = ${next} and previous_hash = ${current}
        and rotated_at > now() - make_interval(secs => ${GRACE_SECONDS})) as repeated
      from sessions where id = ${sessionId}::uuid and revoked_at is null and expires_at > now()`;
    const session = found[0];
    if (!session) return { outcome: 'gone' };
    return { outcome: session.repeated ? 'repeated' : 'reused', userId: session.user_id };
  }

  /** Ends a session; whether it was still open. */
  async revoke(tx: TenantTx, sessionId: string, reason: string): Promise<boolean> {
    const { count } = await tx.session.updateMany({
      where: { id: sessionId, revokedAt: null },
      data: { revokedAt: new Date(), revokeReason: reason },
    });
    return count > 0;
  }
}
