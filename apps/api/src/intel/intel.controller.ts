import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { FeedsService } from './feeds.service.js';
import { IndicatorsService } from './indicators.service.js';

@Controller()
export class IntelController {
  constructor(
    private readonly feeds: FeedsService,
    private readonly indicators: IndicatorsService,
  ) {}

  @Handles(endpoints.listIntelFeeds)
  listFeeds(@Caller() caller: Principal) {
    return this.feeds.list(caller);
  }

  @Handles(endpoints.getIntelFeed)
  getFeed(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.getIntelFeed>) {
    return this.feeds.get(caller, params.id);
  }

  @Handles(endpoints.createIntelFeed)
  createFeed(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.createIntelFeed>) {
    return this.feeds.create(caller, body);
  }

  @Handles(endpoints.updateIntelFeed)
  updateFeed(
    @Caller() caller: Principal,
    @Input() { params, body }: ParsedOf<typeof endpoints.updateIntelFeed>,
  ) {
    return this.feeds.update(caller, params.id, body);
  }

  @Handles(endpoints.deleteIntelFeed)
  deleteFeed(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.deleteIntelFeed>) {
    return this.feeds.delete(caller, params.id);
  }

  @Handles(endpoints.refreshIntelFeed)
  refreshFeed(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.refreshIntelFeed>) {
    return this.feeds.refresh(caller, params.id);
  }

  @Handles(endpoints.uploadIntelFeed)
  uploadFeed(
    @Caller() caller: Principal,
    @Input() { params, body }: ParsedOf<typeof endpoints.uploadIntelFeed>,
  ) {
    return this.feeds.upload(caller, params.id, body);
  }

  @Handles(endpoints.previewIntelFeed)
  preview(@Input() { body }: ParsedOf<typeof endpoints.previewIntelFeed>) {
    return this.feeds.preview(body);
  }

  @Handles(endpoints.listIntelIndicators)
  listIndicators(
    @Caller() caller: Principal,
    @Input() { query }: ParsedOf<typeof endpoints.listIntelIndicators>,
  ) {
    return this.indicators.list(caller, query);
  }

  @Handles(endpoints.lookupIntel)
  lookup(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.lookupIntel>) {
    return this.indicators.lookup(caller, body);
  }

  @Handles(endpoints.listIntelAllowed)
  listAllowed(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.listIntelAllowed>) {
    return this.indicators.listAllowed(caller, query);
  }

  @Handles(endpoints.createIntelAllowed)
  allow(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.createIntelAllowed>) {
    return this.indicators.allow(caller, body);
  }

  @Handles(endpoints.deleteIntelAllowed)
  disallow(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.deleteIntelAllowed>) {
    return this.indicators.disallow(caller, params.id);
  }
}
