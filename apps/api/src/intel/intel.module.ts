import { Module } from '@nestjs/common';
import { EgressModule } from '../egress/egress.module.js';
import { FeedFetcher } from './feed-fetcher.js';
import { FeedLoader } from './feed-loader.js';
import { FeedSecrets } from './feed-secrets.js';
import { FeedsRepository } from './feeds.repository.js';
import { FeedsService } from './feeds.service.js';
import { IndicatorsRepository } from './indicators.repository.js';
import { IndicatorsService } from './indicators.service.js';
import { IntelController } from './intel.controller.js';
import { RefreshService } from './refresh.service.js';

/** Threat intelligence: feeds, their indicators, and what is never matched. The ingestor matches them against events. */
@Module({
  imports: [EgressModule],
  controllers: [IntelController],
  providers: [
    FeedFetcher,
    FeedLoader,
    FeedSecrets,
    FeedsRepository,
    FeedsService,
    IndicatorsRepository,
    IndicatorsService,
    RefreshService,
  ],
})
export class IntelModule {}
