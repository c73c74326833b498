import { Module } from '@nestjs/common';
import { PushModule } from '../notifiers/push.module.js';
import { WebhookModule } from '../notifiers/webhook.module.js';
import { ChannelsRepository } from './channels.repository.js';
import { ChannelsService } from './channels.service.js';
import { NotificationsController } from './notifications.controller.js';
import { PushSubscriptionsRepository } from './push-subscriptions.repository.js';
import { PushSubscriptionsService } from './push-subscriptions.service.js';

/** Who wants to be told of alerts, and how. The telling itself is NotifiersModule's. */
@Module({
  imports: [PushModule, WebhookModule],
  controllers: [NotificationsController],
  providers: [ChannelsRepository, ChannelsService, PushSubscriptionsRepository, PushSubscriptionsService],
})
export class NotificationsModule {}
