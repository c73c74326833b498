import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { AccessClaims } from '@parapet/auth';
import { roleHas } from '@parapet/contracts';
import {
  ForbiddenError,
  TooManyRequestsError,
  UnauthenticatedError,
  UnavailableError,
} from '@parapet/errors';
import { countFailure, type Logger } from '@parapet/telemetry';
import { AccessTokens } from '../auth/access-tokens.service.js';
import { SESSIONS_CHANNEL, sessionEndedSchema } from '../auth/session-channel.js';
import { SessionDirectory } from '../auth/session-directory.service.js';
import { LOGGER, RedisSubscriber } from '../core/tokens.js';
import { parseJson } from '../core/parse-json.js';

/** With the 2 s that an answer about a session may be reused, a disabled user is out within the 5 s of R34. */
const RECHECK_MS = 2500;
/** Sockets and streams of one session: some tabs and a program, no flood. */
const PER_SESSION = 50;

/** The right to hear a tenant for as long as token and session hold. */
export interface Lease {
  readonly tenantId: string;
  /** To be called when the socket or stream is gone. More than once does no harm. */
  release(): void;
}

interface OpenLease extends Lease {
  readonly claims: AccessClaims;
  readonly end: () => void;
  over: boolean;
}

/** Who may listen, and until when. WebSocket and SSE ask here and nowhere else. */
@Injectable()
export class LiveAccess implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly bySession = new Map<string, Set<OpenLease>>();
  private readonly onMessage = (channel: string, text: string) => this.sessionEnded(channel, text);
  private recheckTimer: NodeJS.Timeout | undefined;
  private rechecking = false;
  private closed = false;

  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionDirectory,
    private readonly subscriber: RedisSubscriber,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** SessionDirectory subscribes to the channel. */
  onApplicationBootstrap(): void {
    this.subscriber.on('message', this.onMessage);
    this.recheckTimer = setInterval(() => void this.recheck(), RECHECK_MS);
    this.recheckTimer.unref();
  }

  /** Ends all of them, so that the HTTP server has nothing left to wait for. */
  onModuleDestroy(): void {
    this.closed = true;
    clearInterval(this.recheckTimer);
    this.subscriber.off('message', this.onMessage);
    for (const leases of [...this.bySession.values()]) this.endAll(leases);
  }

  /**
   * `end` is called once, when the token expires, the session ends, its user may no longer read alerts, or the process
   * stops; not after `release`.
   * @throws UnauthenticatedError, ForbiddenError, TooManyRequestsError, UnavailableError
   */
  async admit(token: string | undefined, end: () => void): Promise<Lease> {
    if (this.closed) throw new UnavailableError('The live connection');
    if (token === undefined) throw new UnauthenticatedError();
    const claims = this.tokens.verify(token);
    // Before the session is looked up: one that ends during the look-up ends this lease too.
    const lease = this.open(claims, end);
    try {
      await this.assertMayRead(claims);
      if (lease.over) throw new UnauthenticatedError('The session has ended. Sign in again.');
      return lease;
    } catch (error) {
      lease.release();
      throw error;
    }
  }

  private open(claims: AccessClaims, end: () => void): OpenLease {
    const leases = this.bySession.get(claims.sid) ?? new Set();
    if (leases.size >= PER_SESSION) throw new TooManyRequestsError(60);
    const close = () => {
      lease.over = true;
      clearTimeout(timer);
      leases.delete(lease);
      if (leases.size === 0 && this.bySession.get(claims.sid) === leases) this.bySession.delete(claims.sid);
    };
    const lease: OpenLease = {
      claims,
      tenantId: claims.tid,
      over: false,
      release: close,
      end: () => {
        if (lease.over) return;
        close();
        end();
      },
    };
    const timer = setTimeout(lease.end, claims.exp * 1000 - Date.now());
    timer.unref();
    this.bySession.set(claims.sid, leases.add(lease));
    return lease;
  }

  private async assertMayRead(claims: AccessClaims): Promise<void> {
    const { role } = await this.sessions.personOf(claims);
    if (!roleHas(role, 'alerts:read')) throw new ForbiddenError();
  }

  private sessionEnded(channel: string, text: string): void {
    if (channel !== SESSIONS_CHANNEL) return;
    const message = sessionEndedSchema.safeParse(parseJson(text));
    if (message.success) this.endAll(this.bySession.get(message.data.sessionId));
    else countFailure('live', 'session_message');
  }

  private endAll(leases: Iterable<OpenLease> = []): void {
    for (const lease of [...leases]) lease.end();
  }

  /** Also catches what a lost Redis connection did not tell. While PostgreSQL is away nobody is thrown out. */
  private async recheck(): Promise<void> {
    if (this.rechecking) return;
    this.rechecking = true;
    for (const leases of [...this.bySession.values()]) {
      const [first] = leases;
      if (!first) continue;
      try {
        await this.assertMayRead(first.claims);
      } catch (error) {
        if (error instanceof UnauthenticatedError || error instanceof ForbiddenError) this.endAll(leases);
        else this.couldNotCheck(error);
      }
    }
    this.rechecking = false;
  }

  private couldNotCheck(error: unknown): void {
    countFailure('live', 'recheck');
    this.logger.warn({ err: error }, 'Could not check whether a session still holds');
  }
}
