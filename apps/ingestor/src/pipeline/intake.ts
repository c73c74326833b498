import type { NormalizedEvent } from '@parapet/contracts';
import { mintUuid, parseFrame, type EventFields } from '@parapet/normalize';
import { countDrop, metrics } from '@parapet/telemetry';
import type { Backpressure } from './backpressure.js';
import type { Batcher } from './batcher.js';
import type { Enricher } from './enricher.js';
import { InDoubt } from './in-doubt.js';
import type { Placement } from './placement.js';
import type { Lane } from './publisher.js';
import type { Quarantine } from './quarantine.js';
import type { Quotas } from './quota.js';
import { Mark, type Receipt } from './receipt.js';
import type { Route } from './route.js';
import type { Sender } from './sender.js';
import { takeToken } from './structured-token.js';

const UNKNOWN_TENANT = 'unknown';

/**
 * Gives an event its identity. Written name by name: what would be shorter (`Object.assign`, a spread, a computed name)
 * turns the object into a hash table, and everything after it costs three times as much.
 */
export function identify(
  event: EventFields,
  now: number,
  route: Route,
  sender: Pick<Sender, 'address' | 'transport' | 'file'>,
): asserts event is EventFields & NormalizedEvent {
  event.id = mintUuid(now);
  event.tenantId = route.tenantId;
  event['event.ingested'] = now;
  event['parapet.source_id'] = route.sourceId;
  event['log.source.address'] = sender.address;
  event['labels.transport'] = sender.transport;
  event['labels.sender_identity'] = route.identity;
  if (sender.file !== undefined) event['log.file.path'] = sender.file.name;
}

export interface IntakeParts {
  placement: Placement;
  quarantine: Quarantine;
  enricher: Enricher;
  quotas: Quotas;
  batchers: Record<Lane, Batcher>;
  backpressure: Backpressure;
  inDoubt: Pick<InDoubt, 'claim'>;
}

/**
 * What happens to every frame, whatever brought it: place, read, enrich, batch. It runs to its end on the frame's
 * arrival, without a promise an event; the frame's bytes are not kept. Every frame is counted as received and then
 * as accepted (by the publisher) or dropped.
 */
export class Intake {
  constructor(private readonly parts: IntakeParts) {}

  /**
   * `truncated`: the frame was longer than 64 KiB, and this is its beginning. `receipt`: the sender waits until Redis
   * has the frame; one that it has already (a repeat after a lost acknowledgement) is not taken twice.
   */
  receive(frame: Buffer, truncated: boolean, sender: Sender, receipt?: Receipt): void {
    const now = Date.now();
    const { placement, quarantine, backpressure, quotas } = this.parts;
    const token = takeToken(frame);
    const route = (token === undefined ? undefined : placement.byToken(token)) ?? placement.place(sender);
    if (route === undefined) {
      countDrop(UNKNOWN_TENANT, 'unknown_sender');
      quarantine.add(sender.address, sender.transport, frame, now);
      return;
    }
    // A replayed datagram waits like any stream.
    if (sender.transport === 'udp' && receipt === undefined) {
      if (backpressure.full) return countDrop(route.tenantSlug, 'udp_buffer_full');
      if (quotas.drops(route.tenantId, now)) return countDrop(route.tenantSlug, 'over_quota');
    }
    const mark = receipt && this.mark(receipt, sender, frame);
    if (receipt !== undefined && mark === undefined) return;
    const event: EventFields = parseFrame(frame, {
      receivedAt: sender.asOf === undefined ? now : Math.min(now, sender.asOf),
      timeZone: route.timeZone,
      sourceType: route.sourceType,
      parsers: route.parsers,
      transport: sender.transport,
      authenticated: route.identity !== 'address',
      truncated,
    });
    if (truncated) metrics.truncated.inc({ tenant: route.tenantSlug });
    this.accept(event, now, route, sender, frame.length, mark);
  }

  /**
   * For an event that a source has read itself (a JSON document, say). `bytes`: its size as received, for the accounts;
   * `mark`: from `mark`, when the sender waits.
   */
  accept(event: EventFields, now: number, route: Route, sender: Sender, bytes: number, mark?: Mark): void {
    const { enricher, backpressure, quotas, batchers } = this.parts;
    identify(event, now, route, sender);
    if (event['labels.parse_error'] !== undefined) metrics.unparsed.inc({ tenant: route.tenantSlug });
    enricher.enrich(event);
    backpressure.hold(1, bytes);
    const within = quotas.take(route.tenantId, now);
    if (!within) metrics.overQuota.inc({ tenant: route.tenantSlug });
    batchers[within ? 'events' : 'overflow'].add(event, route, bytes, mark);
  }

  /**
   * Enters what the sender waits for in its receipt. Undefined: it was delivered before, and the receipt waits for that
   * delivery instead.
   */
  mark(receipt: Receipt, sender: Sender, content: Buffer): Mark | undefined {
    const fingerprint = InDoubt.fingerprint(sender, content);
    const earlier = this.parts.inDoubt.claim(fingerprint);
    const mark = earlier ?? new Mark(fingerprint);
    receipt.add(mark);
    return earlier === undefined ? mark : undefined;
  }

  /** Whether the sender must wait: its tenant is over quota and the slower lane is behind. Never true for strangers. */
  holdsOff(sender: Sender): boolean {
    const route = this.parts.placement.place(sender);
    return route !== undefined && this.parts.quotas.holdsOff(route.tenantId, Date.now());
  }

  /** A stream broke its framing: what it holds can't be read, and counts as one frame received and dropped. */
  unreadable(sender: Sender): void {
    metrics.received.inc({ transport: sender.transport });
    countDrop(this.parts.placement.place(sender)?.tenantSlug ?? UNKNOWN_TENANT, 'framing_error');
  }
}
