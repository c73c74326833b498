import type { Alert } from '@parapet/contracts';
import type { AlertsRepository } from '../alerts/alerts.repository.js';
import type { ApiSettings } from '../core/api-settings.js';
import { WebhookFailedError, WebhookSecretError } from './errors.js';
import { clip } from './mail/plain-text.js';
import type { DeliveryResult, Notification, Notifier } from './notification.js';
import type { NotificationsRepository } from './notifications.repository.js';
import type { WebhookSecrets } from './webhook-secret.js';
import type { WebhookSender } from './webhook-sender.js';

/** Deliveries of one tenant at once: its slow receiver must not take the places of all others. */
const MAX_OF_TENANT = 4;
const BUSY_SECONDS = 2;
const TITLE_CHARS = 300;
const TEXT_CHARS = 4000;
const VALUE_CHARS = 1000;
const GONE = 'the receiver answered 410 Gone; the webhook was switched off';

/** The message of an alert, in the form that Standard Webhooks advises; `data.alert` is as in REST, with long texts cut. */
export function webhookBody(alert: Alert, tenant: string, publicUrl: string): string {
  const group = Object.entries(alert.group).map(([field, value]) => [field, clip(value, VALUE_CHARS)]);
  return JSON.stringify({
    type: 'alert.created',
    timestamp: alert.createdAt,
    data: {
      tenant,
      url: `${publicUrl}/alerts/${alert.id}`,
      alert: {
        ...alert,
        title: clip(alert.title, TITLE_CHARS),
        description: clip(alert.description, TEXT_CHARS),
        group: Object.fromEntries(group),
      },
    },
  });
}

/** Tells one machine. */
export class WebhookNotifier implements Notifier {
  readonly channel = 'webhook';
  readonly maxInFlight = 20;
  readonly serial = false;
  private readonly inFlight = new Map<string, number>();

  constructor(
    private readonly settings: Pick<ApiSettings, 'PUBLIC_URL'>,
    private readonly alerts: Pick<AlertsRepository, 'find'>,
    private readonly repository: Pick<NotificationsRepository, 'webhook' | 'switchWebhookOff' | 'tenantName'>,
    private readonly secrets: WebhookSecrets,
    private readonly sender: Pick<WebhookSender, 'send'>,
  ) {}

  async deliver(notification: Notification): Promise<DeliveryResult> {
    const { tenantId } = notification;
    const busy = this.inFlight.get(tenantId) ?? 0;
    if (busy >= MAX_OF_TENANT) return { outcome: 'later', seconds: BUSY_SECONDS };
    this.inFlight.set(tenantId, busy + 1);
    try {
      return await this.send(notification);
    } finally {
      const left = (this.inFlight.get(tenantId) ?? 1) - 1;
      if (left > 0) this.inFlight.set(tenantId, left);
      else this.inFlight.delete(tenantId);
    }
  }

  private async send({ id, tenantId, alertId, recipient }: Notification): Promise<DeliveryResult> {
    const [alert, webhook, tenant] = await Promise.all([
      this.alerts.find(tenantId, alertId),
      this.repository.webhook(tenantId, recipient),
      this.repository.tenantName(tenantId),
    ]);
    if (!alert) return { outcome: 'failed', problem: 'the alert is gone' };
    if (!webhook) return { outcome: 'failed', problem: 'the webhook is gone or switched off' };
    const secret = this.secretOf(webhook.secret, recipient);
    if (typeof secret === 'string') return { outcome: 'failed', problem: secret };
    const body = webhookBody(alert, tenant, this.settings.PUBLIC_URL);
    const result = await this.sender.send(webhook.url, secret, { id, body });
    switch (result.outcome) {
      case 'sent':
        return { outcome: 'sent' };
      case 'gone':
        await this.repository.switchWebhookOff(tenantId, recipient);
        return { outcome: 'failed', problem: GONE };
      case 'error':
        if (result.retryable) throw new WebhookFailedError(result.problem);
        return { outcome: 'failed', problem: result.problem };
    }
  }

  /** The key, or why there is none. */
  private secretOf(sealed: Uint8Array, channelId: string): Buffer | string {
    try {
      return this.secrets.open(sealed, channelId);
    } catch (error) {
      if (error instanceof WebhookSecretError) return error.message;
      throw error;
    }
  }
}
