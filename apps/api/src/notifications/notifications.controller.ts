import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { ChannelsService } from './channels.service.js';
import { PushSubscriptionsService } from './push-subscriptions.service.js';

@Controller()
export class NotificationsController {
  constructor(
    private readonly channels: ChannelsService,
    private readonly subscriptions: PushSubscriptionsService,
  ) {}

  @Handles(endpoints.listChannels)
  listChannels(@Caller() caller: Principal) {
    return this.channels.list(caller);
  }

  @Handles(endpoints.createChannel)
  createChannel(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.createChannel>) {
    return this.channels.create(caller, body);
  }

  @Handles(endpoints.updateChannel)
  updateChannel(
    @Caller() caller: Principal,
    @Input() { params, body }: ParsedOf<typeof endpoints.updateChannel>,
  ) {
    return this.channels.update(caller, params.id, body);
  }

  @Handles(endpoints.deleteChannel)
  deleteChannel(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.deleteChannel>) {
    return this.channels.delete(caller, params.id);
  }

  @Handles(endpoints.renewChannelSecret)
  renewSecret(
    @Caller() caller: Principal,
    @Input() { params }: ParsedOf<typeof endpoints.renewChannelSecret>,
  ) {
    return this.channels.renewSecret(caller, params.id);
  }

  @Handles(endpoints.testChannel)
  testChannel(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.testChannel>) {
    return this.channels.test(caller, params.id);
  }

  @Handles(endpoints.getPushKey)
  pushKey() {
    return this.subscriptions.key();
  }

  @Handles(endpoints.listPushSubscriptions)
  listSubscriptions(@Caller() caller: Principal) {
    return this.subscriptions.list(caller);
  }

  @Handles(endpoints.createPushSubscription)
  createSubscription(
    @Caller() caller: Principal,
    @Input() { body }: ParsedOf<typeof endpoints.createPushSubscription>,
  ) {
    return this.subscriptions.create(caller, body);
  }

  @Handles(endpoints.deletePushSubscription)
  deleteSubscription(
    @Caller() caller: Principal,
    @Input() { params }: ParsedOf<typeof endpoints.deletePushSubscription>,
  ) {
    return this.subscriptions.delete(caller, params.id);
  }

  @Handles(endpoints.testPushSubscription)
  testSubscription(
    @Caller() caller: Principal,
    @Input() { params }: ParsedOf<typeof endpoints.testPushSubscription>,
  ) {
    return this.subscriptions.test(caller, params.id);
  }
}
