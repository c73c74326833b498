import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ParapetError } from '@parapet/errors';
import { countFailure, type Logger } from '@parapet/telemetry';
import { LOGGER } from '../core/tokens.js';
import { FeedFetcher } from './feed-fetcher.js';
import { FeedLoader, type FeedToLoad } from './feed-loader.js';
import type { FeedRow } from './feed-row.js';
import { authorizationOf, FeedSecrets } from './feed-secrets.js';
import { FeedsRepository } from './feeds.repository.js';
import { IndicatorsRepository } from './indicators.repository.js';

const TICK_MS = 5000;
const SWEEP_MS = 3_600_000;

/**
 * Fetches feeds when their time has come, one after the other. Several processes may do so: each feed is claimed in the database, and a
 * claim whose process died is free after 15 minutes. A run that fails leaves what was listed before, and shows why.
 */
@Injectable()
export class RefreshService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;
  private swept = 0;

  constructor(
    private readonly feeds: FeedsRepository,
    private readonly indicators: IndicatorsRepository,
    private readonly fetcher: FeedFetcher,
    private readonly loader: FeedLoader,
    private readonly secrets: FeedSecrets,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.nudge(), TICK_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Looks for feeds that are due, unless it is at it already. */
  nudge(): void {
    if (this.stopped || this.running !== undefined) return;
    this.running = this.tick().finally(() => (this.running = undefined));
  }

  private async tick(): Promise<void> {
    try {
      for (const { tenantId, feedId } of await this.feeds.due()) {
        if (this.stopped) return;
        const feed = await this.feeds.claim(tenantId, feedId);
        if (feed !== undefined) await this.refresh(tenantId, feed);
      }
      if (Date.now() - this.swept < SWEEP_MS) return;
      this.swept = Date.now();
      await this.indicators.sweep();
    } catch (error) {
      countFailure('intel', 'tick');
      this.logger.warn({ err: error }, 'threat intelligence feeds could not be looked at');
    }
  }

  private async refresh(tenantId: string, feed: FeedRow): Promise<void> {
    const begun = Date.now();
    try {
      const secret = this.secrets.of(feed);
      const content = await this.fetcher.fetch({
        url: feed.url ?? '',
        taxii: feed.kind === 'taxii',
        authorization: authorizationOf(feed, secret),
        etag: feed.etag,
        lastModified: feed.last_modified,
      });
      if (content !== null) await this.loader.load(tenantId, loadable(feed), content.texts);
      await this.feeds.succeeded(tenantId, feed.id, {
        etag: content === null ? feed.etag : content.etag,
        lastModified: content === null ? feed.last_modified : content.lastModified,
      });
      this.logger.info(
        { tenantId, feedId: feed.id, ms: Date.now() - begun, unchanged: content === null },
        'feed fetched',
      );
    } catch (error) {
      countFailure('intel', 'refresh');
      this.logger.warn({ err: error, tenantId, feedId: feed.id }, 'a feed could not be fetched');
      // What is not of our making is not for the customer's eyes.
      const why =
        error instanceof ParapetError
          ? error.message
          : 'It could not be stored; the operator’s log says why.';
      await this.feeds.failed(tenantId, feed.id, why);
    }
  }
}

export function loadable(feed: FeedRow): FeedToLoad {
  return {
    id: feed.id,
    kind: feed.kind,
    csv: feed.csv,
    confidence: feed.confidence,
    validDays: feed.valid_days,
  };
}
