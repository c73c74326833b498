import type { Redis } from 'ioredis';
import type { AlertsRepository } from '../alerts/alerts.repository.js';
import { publishLive } from '../live/publish-live.js';
import type { DeliveryResult, Notification, Notifier } from './notification.js';

/** Tells the open pages of a tenant. Sent is what went out: a page that is opened later reads the list. */
export class WebsocketNotifier implements Notifier {
  readonly channel = 'websocket';
  readonly maxInFlight = 20;
  readonly serial = false;

  constructor(
    private readonly alerts: Pick<AlertsRepository, 'find'>,
    private readonly redis: Pick<Redis, 'publish'>,
  ) {}

  async deliver({ tenantId, alertId }: Notification): Promise<DeliveryResult> {
    const alert = await this.alerts.find(tenantId, alertId);
    if (!alert) return { outcome: 'failed', problem: 'the alert is gone' };
    await publishLive(this.redis, tenantId, { kind: 'alert.created', alert });
    return { outcome: 'sent' };
  }
}
