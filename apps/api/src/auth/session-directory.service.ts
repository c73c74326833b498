import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { AccessClaims } from '@parapet/auth';
import { roleSchema } from '@parapet/contracts';
import { TenantDatabase } from '@parapet/db';
import { UnauthenticatedError } from '@parapet/errors';
import { countFailure, type Logger } from '@parapet/telemetry';
import { LOGGER, RedisSubscriber } from '../core/tokens.js';
import { parseJson } from '../core/parse-json.js';
import type { Principal } from '../http/principal.js';
import { SESSIONS_CHANNEL, sessionEndedSchema } from './session-channel.js';

/** How long an answer about a session may be reused. R34 allows 5 s from a change to its effect. */
const FRESH_MS = 2000;
/** Cached sessions at most, against a flood of tokens of different sessions. */
const LIMIT = 20_000;

type Person = Omit<Principal, 'ip'>;

interface CachedAnswer {
  until: number;
  person: Promise<Person | undefined>;
}

interface SessionRow {
  user_id: string;
  role: string;
  email: string;
  name: string;
}

const LIVE_SESSION = `
  select u.id as user_id, u.role, u.email, u.name
  from sessions s
  join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
  join tenants t on t.id = s.tenant_id
  where s.id = $1 and s.revoked_at is null and s.expires_at > now()
    and u.status = 'active' and t.status = 'active'`;

/** Whether the session of a token still holds, and what its person may do now. Asks PostgreSQL, at most every 2 s. */
@Injectable()
export class SessionDirectory implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly answers = new Map<string, CachedAnswer>();
  private readonly onMessage = (channel: string, message: string) => this.forgetEnded(channel, message);

  constructor(
    private readonly database: TenantDatabase,
    private readonly subscriber: RedisSubscriber,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriber.on('message', this.onMessage);
    // Redis away at start: ioredis subscribes when it is back; until then the 2 s hold.
    this.subscriber.subscribe(SESSIONS_CHANNEL).catch((error: unknown) => {
      countFailure('auth', 'subscribe');
      this.logger.warn({ err: error }, 'Could not listen for ended sessions');
    });
  }

  onModuleDestroy(): void {
    this.subscriber.off('message', this.onMessage);
  }

  /**
   * The person of a session, with the role of this moment.
   * @throws UnauthenticatedError when the session ended, or its user or tenant was disabled.
   */
  async personOf({ sub, tid, sid }: AccessClaims): Promise<Person> {
    const person = await this.cached(tid, sid);
    // The cache is by session: what the token says beside it must agree.
    if (person?.userId !== sub || person.tenantId !== tid)
      throw new UnauthenticatedError('The session has ended. Sign in again.');
    return person;
  }

  forget(sessionId: string): void {
    this.answers.delete(sessionId);
  }

  private cached(tenantId: string, sessionId: string): Promise<Person | undefined> {
    const now = Date.now();
    const known = this.answers.get(sessionId);
    if (known && known.until > now) return known.person;
    const person = this.load(tenantId, sessionId);
    // A failure is nobody's answer: the next request asks again.
    person.catch(() => this.forget(sessionId));
    this.answers.delete(sessionId);
    if (this.answers.size >= LIMIT) this.evictOldest();
    this.answers.set(sessionId, { until: now + FRESH_MS, person });
    return person;
  }

  private evictOldest(): void {
    const [oldest] = this.answers.keys();
    if (oldest !== undefined) this.answers.delete(oldest);
  }

  private async load(tenantId: string, sessionId: string): Promise<Person | undefined> {
    const [row] = await this.database.queryTenant<SessionRow>(tenantId, LIVE_SESSION, [sessionId]);
    if (!row) return undefined;
    const { user_id: userId, email, name } = row;
    return { userId, tenantId, sessionId, role: roleSchema.parse(row.role), email, name };
  }

  private forgetEnded(channel: string, message: string): void {
    if (channel !== SESSIONS_CHANNEL) return;
    const parsed = sessionEndedSchema.safeParse(parseJson(message));
    if (parsed.success) this.forget(parsed.data.sessionId);
    else countFailure('auth', 'session_message');
  }
}
