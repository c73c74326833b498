import type { IncomingHttpHeaders } from 'node:http';
import webpush from 'web-push';
import type { ApiSettings } from '../core/api-settings.js';
import type { EgressGuard, EgressResponse } from '../egress/egress-guard.js';
import { EgressFailedError, EgressRefusedError } from '../egress/errors.js';

/** R43. Push services take 4,096 bytes encrypted; some of them less. */
export const PUSH_PAYLOAD_BYTES = 3000;
const DEFAULT_RETRY_SECONDS = 30;
const MAX_RETRY_SECONDS = 3600;

export interface PushTarget {
  endpoint: string;
  p256dh: string;
  auth: string;
}

export interface PushOptions {
  urgency: 'very-low' | 'low' | 'normal' | 'high';
  /** A later message with this topic replaces one that is not delivered yet (RFC 8030 §5.4): 32 base64url characters. */
  topic?: string;
  /** Seconds that the push service keeps the message for a phone that is off. */
  ttl: number;
}

export type PushResult =
  | { outcome: 'sent' }
  /** The subscription ended; forget it. */
  | { outcome: 'gone'; status: number }
  | { outcome: 'retry-after'; seconds: number }
  | { outcome: 'error'; problem: string; retryable: boolean };

/** Sends web push messages (RFC 8030, encrypted by RFC 8291, signed by RFC 8292) through the egress guard. */
export class PushSender {
  constructor(
    private readonly guard: EgressGuard,
    private readonly settings: Pick<ApiSettings, 'VAPID_PUBLIC_KEY' | 'VAPID_PRIVATE_KEY' | 'VAPID_SUBJECT'>,
  ) {}

  /** `payload` is JSON of at most 3,000 bytes. What goes wrong is an answer, never an exception. */
  async send(target: PushTarget, payload: string, options: PushOptions): Promise<PushResult> {
    const {
      VAPID_PUBLIC_KEY: publicKey,
      VAPID_PRIVATE_KEY: privateKey,
      VAPID_SUBJECT: subject,
    } = this.settings;
    if (publicKey === undefined || privateKey === undefined) {
      return failed('web push is not set up: VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY are needed', false);
    }
    if (Buffer.byteLength(payload) > PUSH_PAYLOAD_BYTES) return failed('the message is too long', false);
    let details;
    try {
      details = webpush.generateRequestDetails(
        {
          endpoint: this.guard.checkUrl(target.endpoint).href,
          keys: { p256dh: target.p256dh, auth: target.auth },
        },
        payload,
        {
          TTL: options.ttl,
          urgency: options.urgency,
          topic: options.topic,
          vapidDetails: { subject, publicKey, privateKey },
        },
      );
    } catch (error) {
      // Refused by the guard, or keys that are none.
      return failed(error instanceof Error ? error.message : String(error), false);
    }
    try {
      const { method, headers, body, endpoint } = details;
      return resultOf(
        await this.guard.request(endpoint, { method, headers: plain(headers), body: body ?? undefined }),
      );
    } catch (error) {
      if (error instanceof EgressRefusedError) return failed(error.message, false);
      if (error instanceof EgressFailedError) return failed(error.message, true);
      throw error;
    }
  }
}

const failed = (problem: string, retryable: boolean): PushResult => ({
  outcome: 'error',
  problem,
  retryable,
});

function plain(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function resultOf({ status, headers }: EgressResponse): PushResult {
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  if (status === 404 || status === 410) return { outcome: 'gone', status };
  if (status === 429 || status === 503) return { outcome: 'retry-after', seconds: retryAfter(headers) };
  return failed(`the push service answered ${status}`, status >= 500 || status === 408);
}

/** Retry-After as seconds or as a date (RFC 9110 §10.2.3), within 1 s and 1 h. */
function retryAfter(headers: IncomingHttpHeaders): number {
  const text = headers['retry-after'] ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  const known = Number.isFinite(seconds) ? seconds : DEFAULT_RETRY_SECONDS;
  return Math.min(MAX_RETRY_SECONDS, Math.max(1, Math.ceil(known)));
}
