import type { Alert, Severity } from '@parapet/contracts';
import type { AlertsRepository } from '../alerts/alerts.repository.js';
import { PushFailedError } from './errors.js';
import { clip, visible } from './mail/plain-text.js';
import type { DeliveryResult, Notification, Notifier } from './notification.js';
import type { NotificationsRepository } from './notifications.repository.js';
import type { PushOptions, PushSender } from './push-sender.js';

const URGENCY: Record<Severity, PushOptions['urgency']> = {
  critical: 'high',
  high: 'high',
  medium: 'normal',
  low: 'low',
  info: 'very-low',
};
const TTL_SECONDS = 24 * 3600;
const TITLE_CHARS = 120;
const BODY_CHARS = 300;

/** What the service worker shows: at most some 2 kB, whatever stood in the log (R43). */
export function pushPayload(alert: Alert): string {
  return JSON.stringify({
    v: 1,
    kind: 'alert',
    alertId: alert.id,
    title: clip(visible(alert.title), TITLE_CHARS),
    body: clip(visible(alert.description), BODY_CHARS),
    severity: alert.severity,
    url: `/alerts/${alert.id}`,
  });
}

/** Tells one browser or phone. */
export class WebpushNotifier implements Notifier {
  readonly channel = 'webpush';
  readonly maxInFlight = 20;
  readonly serial = false;

  constructor(
    private readonly alerts: Pick<AlertsRepository, 'find'>,
    private readonly repository: NotificationsRepository,
    private readonly sender: PushSender,
  ) {}

  async deliver({ tenantId, alertId, recipient }: Notification): Promise<DeliveryResult> {
    const [alert, subscription] = await Promise.all([
      this.alerts.find(tenantId, alertId),
      this.repository.subscription(tenantId, recipient),
    ]);
    if (!alert || !subscription) return { outcome: 'failed', problem: 'gone' };
    const result = await this.sender.send(subscription, pushPayload(alert), {
      urgency: URGENCY[alert.severity],
      topic: alert.id.replaceAll('-', ''),
      ttl: TTL_SECONDS,
    });
    switch (result.outcome) {
      case 'sent':
        return { outcome: 'sent' };
      case 'gone':
        await this.repository.forgetSubscription(tenantId, recipient);
        return { outcome: 'failed', problem: 'gone' };
      case 'retry-after':
        return { outcome: 'later', seconds: result.seconds };
      case 'error':
        if (result.retryable) throw new PushFailedError(result.problem);
        return { outcome: 'failed', problem: result.problem };
    }
  }
}
