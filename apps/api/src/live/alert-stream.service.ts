import { Injectable, type MessageEvent } from '@nestjs/common';
import { interval, map, merge, Observable, of, ReplaySubject, takeUntil, finalize } from 'rxjs';
import type { LiveMessage } from '@parapet/contracts';
import type { ApiRequest } from '../http/api-request.js';
import { accessCookieOf, bearerOf } from './handshake.js';
import { LiveAccess } from './live-access.service.js';
import { LiveHub } from './live-hub.js';

/** Proxies and clients that hear nothing for a while give a connection up. */
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 3000;

const HELLO: MessageEvent = { comment: 'alerts of your tenant from now on', retry: RETRY_MS, id: '' };
const HEARTBEAT: MessageEvent = { comment: 'still here' };

/** Live messages as server-sent events. Nothing is replayed: who comes back reads the list first. */
@Injectable()
export class AlertStreams {
  constructor(
    private readonly access: LiveAccess,
    private readonly hub: LiveHub,
  ) {}

  /**
   * Ends when the token expires or the session ends; the client comes back with a fresh one.
   * @throws UnauthenticatedError, ForbiddenError, TooManyRequestsError, UnavailableError
   */
  async open({ headers }: Pick<ApiRequest, 'headers'>): Promise<Observable<MessageEvent>> {
    // Replayed, because a lease may end before anybody listens.
    const ended = new ReplaySubject<void>(1);
    const { tenantId, release } = await this.access.admit(bearerOf(headers) ?? accessCookieOf(headers), () =>
      ended.next(),
    );
    const messages = new Observable<LiveMessage>((subscriber) =>
      this.hub.subscribe(tenantId, (message) => subscriber.next(message)),
    );
    return merge(
      of(HELLO),
      messages.pipe(map(eventOf)),
      interval(HEARTBEAT_MS).pipe(map(() => HEARTBEAT)),
    ).pipe(takeUntil(ended), finalize(release));
  }
}

/** The id is the same in every process and on every stream, so that a client can tell what it has had. */
function eventOf(message: LiveMessage): MessageEvent {
  const { id, updatedAt } = message.alert;
  return { type: message.kind, id: `${id}@${updatedAt}`, data: message };
}
