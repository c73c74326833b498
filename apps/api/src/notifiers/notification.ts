import type { NotifyJob } from '@parapet/contracts';

/** A row of `notifications`: one recipient of one alert through one channel, at most once. */
export interface Notification {
  id: string;
  tenantId: string;
  alertId: string;
  channel: NotifyJob['channel'];
  /** Address, id of a push subscription or of a webhook's channel, or `tenant`. */
  recipient: string;
  channelId: string | null;
  status: 'pending' | 'sent' | 'failed';
}

export type DeliveryResult =
  | { outcome: 'sent' }
  /** It will never work; `problem` is shown with the alert. */
  | { outcome: 'failed'; problem: string }
  /** Not now; doesn't count as an attempt. */
  | { outcome: 'later'; seconds: number };

/** One way to tell somebody. A new one is a file beside this and a row in the list of NotifiersModule. */
export interface Notifier {
  readonly channel: Notification['channel'];
  /** Deliveries at once that may hold a place in the worker; more of them wait in Redis. */
  readonly maxInFlight: number;
  /** One at a time, its mark included, so that a killed process leaves at most one that was sent and not marked (R14). */
  readonly serial: boolean;
  /** What it throws is tried again by the queue. */
  deliver(notification: Notification): Promise<DeliveryResult>;
  close?(): Promise<void>;
}
