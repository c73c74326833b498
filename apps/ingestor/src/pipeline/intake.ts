import type { NormalizedEvent } from '@parapet/contracts';
import { mintUuid, parseFrame, type EventFields } from '@parapet/normalize';
import { countDrop, metrics } from '@parapet/telemetry';
import type { Backpressure } from './backpressure.js';
import type { Batcher } from './batcher.js';
import type { Enricher } from './enricher.js';
import type { Placement } from './placement.js';
import type { Route } from './route.js';
import type { Quarantine } from './quarantine.js';
import type { Sender } from './sender.js';

const UNKNOWN_TENANT = 'unknown';

/**
 * Gives an event its identity. Written name by name: what would be shorter (`Object.assign`, a spread, a computed name)
 * turns the object into a hash table, and everything after it costs three times as much.
 */
function identify(
  event: EventFields,
  now: number,
  route: Route,
  sender: Sender,
): asserts event is EventFields & NormalizedEvent {
  event.id = mintUuid(now);
  event.tenantId = route.tenantId;
  event['event.ingested'] = now;
  event['parapet.source_id'] = route.sourceId;
  event['log.source.address'] = sender.address;
  event['labels.transport'] = sender.transport;
}

/**
 * What happens to every frame, whatever brought it: place, read, enrich, batch. It runs to its end on the frame's
 * arrival, without a promise an event; the frame's bytes are not kept. Every frame is counted as received and then
 * as accepted (by the publisher) or dropped.
 */
export class Intake {
  constructor(
    private readonly placement: Placement,
    private readonly quarantine: Quarantine,
    private readonly enricher: Enricher,
    private readonly batcher: Batcher,
    private readonly backpressure: Backpressure,
  ) {}

  /** `truncated`: the frame was longer than 64 KiB, and this is its beginning. */
  receive(frame: Buffer, truncated: boolean, sender: Sender): void {
    const now = Date.now();
    const route = this.placement.place(sender);
    if (route === undefined) {
      countDrop(UNKNOWN_TENANT, 'unknown_sender');
      this.quarantine.add(sender.address, sender.transport, frame, now);
      return;
    }
    if (sender.transport === 'udp' && this.backpressure.full) {
      countDrop(route.tenantSlug, 'udp_buffer_full');
      return;
    }
    const event: EventFields = parseFrame(frame, {
      receivedAt: now,
      timeZone: route.timeZone,
      sourceType: route.sourceType,
      transport: sender.transport,
      truncated,
    });
    identify(event, now, route, sender);
    if (truncated) metrics.truncated.inc({ tenant: route.tenantSlug });
    if (event['labels.parse_error'] !== undefined) metrics.unparsed.inc({ tenant: route.tenantSlug });
    this.enricher.enrich(event);
    this.backpressure.hold(1, frame.length);
    this.batcher.add(event, route, frame.length);
  }

  /** A stream broke its framing: what it holds can't be read, and counts as one frame received and dropped. */
  unreadable(sender: Sender): void {
    metrics.received.inc({ transport: sender.transport });
    countDrop(this.placement.place(sender)?.tenantSlug ?? UNKNOWN_TENANT, 'framing_error');
  }
}
