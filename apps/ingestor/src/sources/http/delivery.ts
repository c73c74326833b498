import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { metrics } from '@parapet/telemetry';
import type { Backpressure } from '../../pipeline/backpressure.js';
import type { Intake } from '../../pipeline/intake.js';
import type { Placement } from '../../pipeline/placement.js';
import type { Receipt } from '../../pipeline/receipt.js';
import type { Route } from '../../pipeline/route.js';
import type { Sender } from '../../pipeline/sender.js';
import { takeToken } from '../../pipeline/structured-token.js';
import { partsOf, readItem, type Item } from './item.js';

/** Events that are read before others get their turn. */
const SLICE = 250;
const PAUSE_MS = 20;

/** Hands a request's events on. */
export class Delivery {
  constructor(
    private readonly intake: Pick<Intake, 'mark' | 'accept'>,
    private readonly backpressure: Pick<Backpressure, 'paused'>,
    private readonly placement: Pick<Placement, 'hasTokens'>,
  ) {}

  /**
   * Resolves with how many items were handed on; one may be several events. While the pipeline is over its high-water mark the rest waits, and with it the
   * sender; it ends early when the sender is `gone`.
   */
  async deliver(
    items: Iterable<Item>,
    to: { route: Route; sender: Sender; receipt: Receipt },
    gone: () => boolean,
  ): Promise<number> {
    let taken = 0;
    let events = 0;
    for (const item of items) {
      for (const part of partsOf(item)) {
        if (events > 0 && events % SLICE === 0) {
          await turn();
          while (this.backpressure.paused && !gone()) await sleep(PAUSE_MS);
          if (gone()) return taken;
        }
        this.take(part, to);
        events++;
      }
      taken++;
    }
    return taken;
  }

  private take(
    item: Item,
    { route, sender, receipt }: { route: Route; sender: Sender; receipt: Receipt },
  ): void {
    metrics.received.inc({ transport: 'http' });
    // The key says whose it is; a source's token is only kept out of what is stored.
    if (item.kind === 'line' && this.placement.hasTokens) takeToken(item.content);
    const mark = this.intake.mark(receipt, sender, item.content);
    if (mark === undefined) return;
    const now = Date.now();
    const { event, truncated } = readItem(item, route, now);
    if (truncated) metrics.truncated.inc({ tenant: route.tenantSlug });
    this.intake.accept(event, now, route, sender, item.content.length, mark);
  }
}
