import { createHmac } from 'node:crypto';
import type { EgressGuard } from '../egress/egress-guard.js';
import { EgressFailedError, EgressRefusedError } from '../egress/errors.js';

export interface WebhookMessage {
  /** The same for every attempt, so that a receiver can tell a repeat. */
  id: string;
  /** JSON. */
  body: string;
}

export type WebhookResult =
  | { outcome: 'sent' }
  /** 410: the receiver wants no more of them. */
  | { outcome: 'gone' }
  | { outcome: 'error'; problem: string; retryable: boolean };

/**
 * The headers of a signed message (Standard Webhooks 1.0.0): HMAC-SHA256 over `id.timestamp.body`.
 * @param now Unix time, seconds.
 */
export function signedHeaders(
  { id, body }: WebhookMessage,
  secret: Buffer,
  now: number,
): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${id}.${now}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(now), 'webhook-signature': `v1,${signature}` };
}

/** Posts signed messages through the egress guard. */
export class WebhookSender {
  constructor(private readonly guard: EgressGuard) {}

  /** @throws EgressRefusedError for a URL that may not be asked. */
  checkUrl(url: string): void {
    this.guard.checkUrl(url);
  }

  /** What goes wrong is an answer, never an exception. A redirect is not followed, and no success. */
  async send(url: string, secret: Buffer, message: WebhookMessage): Promise<WebhookResult> {
    const body = Buffer.from(message.body);
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      'user-agent': 'Parapet-Webhook/1',
      ...signedHeaders(message, secret, Math.floor(Date.now() / 1000)),
    };
    try {
      const { status } = await this.guard.request(url, { method: 'POST', headers, body });
      if (status >= 200 && status < 300) return { outcome: 'sent' };
      if (status === 410) return { outcome: 'gone' };
      return { outcome: 'error', problem: `the receiver answered ${status}`, retryable: true };
    } catch (error) {
      if (error instanceof EgressRefusedError)
        return { outcome: 'error', problem: error.message, retryable: false };
      if (error instanceof EgressFailedError)
        return { outcome: 'error', problem: error.message, retryable: true };
      throw error;
    }
  }
}
