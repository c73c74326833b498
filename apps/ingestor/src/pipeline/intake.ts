import type { NormalizedEvent } from '@parapet/contracts';
import { mintUuid, parseFrame } from '@parapet/normalize';
import { countDrop, metrics } from '@parapet/telemetry';
import type { Backpressure } from './backpressure.js';
import type { Batcher } from './batcher.js';
import type { Enricher } from './enricher.js';
import type { Placement } from './placement.js';
import type { Quarantine } from './quarantine.js';
import type { Sender } from './sender.js';

const UNKNOWN_TENANT = 'unknown';

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
    const fields = parseFrame(frame, {
      receivedAt: now,
      timeZone: route.timeZone,
      sourceType: route.sourceType,
      transport: sender.transport,
      truncated,
    });
    const event: NormalizedEvent = Object.assign(fields, {
      id: mintUuid(now),
      tenantId: route.tenantId,
      'event.ingested': now,
      'parapet.source_id': route.sourceId,
      'log.source.address': sender.address,
      'labels.transport': sender.transport,
    });
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
