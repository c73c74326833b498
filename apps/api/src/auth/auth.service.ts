import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  ACCESS_TOKEN,
  formatRefreshToken,
  hashPassword,
  hashRefreshSecret,
  needsRehash,
  newRefreshSecret,
  nextRefreshSecret,
  parseRefreshToken,
  verifyPassword,
} from '@parapet/auth';
import type { User } from '@parapet/contracts';
import { newId, type TenantTx } from '@parapet/db';
import { InvalidCredentialsError, UnauthenticatedError } from '@parapet/errors';
import { countFailure, type Logger } from '@parapet/telemetry';
import type { ApiSettings } from '../core/api-settings.js';
import { AuditService, type Actor } from '../core/audit.service.js';
import { LOGGER, RedisClient, SETTINGS } from '../core/tokens.js';
import type { Principal } from '../http/principal.js';
import { AccessTokens } from './access-tokens.service.js';
import { SESSION_MS } from './cookies.js';
import { LoginThrottle } from './login-throttle.js';
import { SESSIONS_CHANNEL, type SessionEnded } from './session-channel.js';
import { SessionDirectory } from './session-directory.service.js';
import { SessionsRepository, type Account } from './sessions.repository.js';

/** Where a sign-in comes from. */
export interface Client {
  ip: string | null;
  userAgent: string | null;
}

export interface SignedIn {
  user: User;
  sessionId: string;
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
}

@Injectable()
export class AuthService implements OnApplicationShutdown {
  /** What the password of an unknown user is compared with, so that the answer takes as long (R31). */
  private readonly decoy = hashPassword(randomBytes(32).toString('base64url'));
  private readonly writing = new Set<Promise<void>>();

  constructor(
    private readonly repository: SessionsRepository,
    private readonly throttle: LoginThrottle,
    private readonly tokens: AccessTokens,
    private readonly directory: SessionDirectory,
    private readonly audit: AuditService,
    private readonly redis: RedisClient,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws InvalidCredentialsError, AccountLockedError */
  async login(email: string, password: string, client: Client): Promise<SignedIn> {
    const address = client.ip ?? 'unknown';
    await this.throttle.take(email, address);
    const account = await this.repository.findAccount(email);
    const fits = await verifyPassword(account?.passwordHash ?? (await this.decoy), password);
    if (!account?.active || !fits) {
      if (account) this.auditFailure(account, email, client);
      throw new InvalidCredentialsError();
    }
    await this.throttle.forgive(email, address);
    const freshHash = needsRehash(account.passwordHash) ? await hashPassword(password) : undefined;
    return this.repository.within(account.tenantId, (tx) => this.open(tx, account, client, freshHash));
  }

  /** @throws UnauthenticatedError; after a reuse (R33) the whole session is over. */
  async refresh(token: string, client: Client): Promise<SignedIn> {
    const current = parseRefreshToken(token);
    if (!current) throw new UnauthenticatedError();
    const { tenantId, sessionId, secret } = current;
    const next = nextRefreshSecret(this.settings.JWT_SECRET, current);
    const expiresAt = new Date(Date.now() + SESSION_MS);
    const user = await this.repository.within(tenantId, async (tx) => {
      const { outcome, userId } = await this.repository.rotate(
        tx,
        sessionId,
        hashRefreshSecret(secret),
        hashRefreshSecret(next),
        expiresAt,
      );
      if (outcome === 'gone' || userId === undefined) return undefined;
      const found = await this.repository.findUser(tx, userId);
      if (outcome === 'reused') {
        await this.repository.revoke(tx, sessionId, 'refresh token reused');
        const actor: Actor = { userId, tenantId, email: found?.email ?? userId, ip: client.ip };
        await this.audit.record(tx, actor, { action: 'session.token_reused', target: sessionId });
        return undefined;
      }
      return found;
    });
    if (!user) {
      await this.tellEnded({ v: 1, tenantId, sessionId });
      throw new UnauthenticatedError('The session has ended. Sign in again.');
    }
    return this.signedIn(user, sessionId, next);
  }

  async logout(caller: Principal): Promise<void> {
    const { tenantId, sessionId } = caller;
    await this.repository.within(tenantId, async (tx) => {
      if (await this.repository.revoke(tx, sessionId, 'signed out')) {
        await this.audit.record(tx, caller, { action: 'session.ended', target: sessionId });
      }
    });
    await this.tellEnded({ v: 1, tenantId, sessionId });
  }

  async user(caller: Principal): Promise<User> {
    const user = await this.repository.within(caller.tenantId, (tx) =>
      this.repository.findUser(tx, caller.userId),
    );
    if (!user) throw new UnauthenticatedError();
    return user;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.writing);
  }

  private async open(tx: TenantTx, account: Account, client: Client, freshHash?: string): Promise<SignedIn> {
    const { userId, tenantId } = account;
    const user = await this.repository.findUser(tx, userId);
    if (!user) throw new InvalidCredentialsError();
    const sessionId = newId();
    const secret = newRefreshSecret();
    await tx.session.createMany({
      data: [
        {
          id: sessionId,
          tenantId,
          userId,
          refreshHash: hashRefreshSecret(secret),
          expiresAt: new Date(Date.now() + SESSION_MS),
          ip: client.ip,
          userAgent: client.userAgent?.slice(0, 500),
        },
      ],
    });
    await tx.user.updateMany({
      where: { id: userId },
      data: { lastLoginAt: new Date(), ...(freshHash ? { passwordHash: freshHash } : {}) },
    });
    const actor: Actor = { userId, tenantId, email: user.email, ip: client.ip };
    await this.audit.record(tx, actor, { action: 'login.succeeded', target: sessionId });
    return this.signedIn(user, sessionId, secret);
  }

  private signedIn(user: User, sessionId: string, secret: string): SignedIn {
    const tenantId = user.tenant.id;
    return {
      user,
      sessionId,
      accessToken: this.tokens.sign({ userId: user.id, tenantId, sessionId, role: user.role }),
      refreshToken: formatRefreshToken({ tenantId, sessionId, secret }),
      expiresIn: ACCESS_TOKEN.seconds,
    };
  }

  /** Not waited for: only known users have a tenant to write it to, and the time must not tell them apart (R31). */
  private auditFailure({ userId, tenantId, active }: Account, email: string, { ip }: Client): void {
    const entry = { action: 'login.failed', details: { active } };
    const write = this.repository
      .within(tenantId, (tx) => this.audit.record(tx, { userId, tenantId, email, ip }, entry))
      .catch((error: unknown) => {
        countFailure('auth', 'audit');
        this.logger.error({ err: error }, 'A failed sign-in could not be written to the audit log');
      })
      .finally(() => this.writing.delete(write));
    this.writing.add(write);
  }

  private async tellEnded(message: SessionEnded): Promise<void> {
    this.directory.forget(message.sessionId);
    try {
      await this.redis.publish(SESSIONS_CHANNEL, JSON.stringify(message));
    } catch (error) {
      // The database says it too, and is asked again within seconds; only the quick way is lost.
      countFailure('auth', 'publish');
      this.logger.warn({ err: error }, 'Other processes were not told that a session ended');
    }
  }
}
