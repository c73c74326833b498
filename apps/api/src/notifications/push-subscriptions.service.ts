import { Inject, Injectable } from '@nestjs/common';
import type { endpoints, ParsedOf, ResponseOf } from '@parapet/contracts';
import {
  ConflictError,
  NotFoundError,
  TooManyRequestsError,
  UnavailableError,
  ValidationError,
} from '@parapet/errors';
import type { ApiSettings } from '../core/api-settings.js';
import { AuditService } from '../core/audit.service.js';
import { SETTINGS } from '../core/tokens.js';
import { EgressGuard } from '../egress/egress-guard.js';
import { EgressRefusedError } from '../egress/errors.js';
import type { Principal } from '../http/principal.js';
import { PushSender } from '../notifiers/push-sender.js';
import { TestNotDeliveredError } from './errors.js';
import { isAuthSecret, isP256Point } from './push-keys.js';
import {
  hostOf,
  PushSubscriptionsRepository,
  type NewPushSubscription,
  type PushSubscription,
} from './push-subscriptions.repository.js';

/** Browsers of one person. */
const MAX_SUBSCRIPTIONS = 20;

const TEST_MESSAGE = JSON.stringify({
  v: 1,
  kind: 'test',
  title: 'Parapet: a test message',
  body: 'Alerts will come to this browser like this.',
  severity: 'info',
  url: '/notifications',
});

/** Push subscriptions of the signed-in user. Nobody sees or changes another's, whatever their role. */
@Injectable()
export class PushSubscriptionsService {
  constructor(
    private readonly subscriptions: PushSubscriptionsRepository,
    private readonly audit: AuditService,
    private readonly egress: EgressGuard,
    private readonly sender: PushSender,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** @throws UnavailableError when the installation has no VAPID keys. */
  key(): ResponseOf<typeof endpoints.getPushKey> {
    const { VAPID_PUBLIC_KEY: publicKey } = this.settings;
    if (publicKey === undefined) throw new UnavailableError('Web push');
    return { publicKey };
  }

  async list({ tenantId, userId }: Principal): Promise<ResponseOf<typeof endpoints.listPushSubscriptions>> {
    return { items: await this.subscriptions.list(tenantId, userId), nextCursor: null };
  }

  /** @throws ValidationError, ConflictError when the user has as many as may be. */
  async create(
    caller: Principal,
    body: ParsedOf<typeof endpoints.createPushSubscription>['body'],
  ): Promise<PushSubscription> {
    const subscription = this.checked(body);
    const { tenantId, userId } = caller;
    return this.subscriptions.within(tenantId, async (tx) => {
      if ((await this.subscriptions.countOthers(tx, userId, subscription.endpoint)) >= MAX_SUBSCRIPTIONS) {
        throw new ConflictError(`You have ${MAX_SUBSCRIPTIONS} subscriptions already. Remove one first.`);
      }
      const kept = await this.subscriptions.keep(tx, tenantId, userId, subscription);
      const details = { host: kept.endpointHost, minSeverity: kept.minSeverity };
      await this.audit.record(tx, caller, { action: 'push_subscription.kept', target: kept.id, details });
      return kept;
    });
  }

  /** @throws NotFoundError */
  async delete(caller: Principal, id: string): Promise<void> {
    await this.subscriptions.within(caller.tenantId, async (tx) => {
      const host = await this.subscriptions.delete(tx, caller.userId, id);
      if (host === undefined) throw new NotFoundError('subscription');
      await this.audit.record(tx, caller, {
        action: 'push_subscription.deleted',
        target: id,
        details: { host },
      });
    });
  }

  /** @throws NotFoundError, ConflictError when the browser ended it, TooManyRequestsError, UnavailableError, TestNotDeliveredError */
  async test(caller: Principal, id: string): Promise<void> {
    const target = await this.subscriptions.findTarget(caller.tenantId, caller.userId, id);
    if (!target) throw new NotFoundError('subscription');
    this.key(); // without keys nothing can be signed
    const result = await this.sender.send(target, TEST_MESSAGE, { urgency: 'high', ttl: 60 });
    switch (result.outcome) {
      case 'sent':
        return this.subscriptions.sent(caller.tenantId, id);
      case 'gone':
        await this.delete(caller, id);
        throw new ConflictError(
          'The browser has ended this subscription, so it was removed. Turn it on again there.',
        );
      case 'retry-after':
        throw new TooManyRequestsError(result.seconds);
      case 'error':
        throw new TestNotDeliveredError(`${hostOf(target.endpoint)}: ${result.problem}`, result.retryable);
    }
  }

  /** R41: the server will send requests to this URL, so it must not lead into our own network. */
  private checked(body: NewPushSubscription): NewPushSubscription {
    const problems: { path: string; message: string }[] = [];
    if (!isP256Point(body.keys.p256dh)) {
      problems.push({ path: 'body.keys.p256dh', message: 'is no P-256 public key' });
    }
    if (!isAuthSecret(body.keys.auth)) problems.push({ path: 'body.keys.auth', message: 'is not 16 bytes' });
    let endpoint = body.endpoint;
    try {
      endpoint = this.egress.checkUrl(body.endpoint).href;
    } catch (error) {
      if (!(error instanceof EgressRefusedError)) throw error;
      problems.push({ path: 'body.endpoint', message: error.message });
    }
    if (problems.length > 0) throw new ValidationError(problems);
    return { ...body, endpoint };
  }
}
