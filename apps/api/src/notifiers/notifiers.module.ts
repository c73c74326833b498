import { Module } from '@nestjs/common';
import type { Logger } from '@parapet/telemetry';
import { AlertsModule } from '../alerts/alerts.module.js';
import { AlertsRepository } from '../alerts/alerts.repository.js';
import type { ApiSettings } from '../core/api-settings.js';
import { LOGGER, RedisClient, SETTINGS } from '../core/tokens.js';
import { Delivery } from './delivery.service.js';
import { EmailNotifier } from './email.notifier.js';
import { NotificationsRepository } from './notifications.repository.js';
import { NotifiersService } from './notifiers.service.js';
import { OutboxRepository } from './outbox.repository.js';
import { PushModule } from './push.module.js';
import { PushSender } from './push-sender.js';
import { WebhookModule } from './webhook.module.js';
import { WebhookNotifier } from './webhook.notifier.js';
import { WebhookSecrets } from './webhook-secret.js';
import { WebhookSender } from './webhook-sender.js';
import { WebpushNotifier } from './webpush.notifier.js';
import { WebsocketNotifier } from './websocket.notifier.js';

/** Tells people of alerts: outbox → rows and jobs → e-mail, web push, WebSocket, webhooks. */
@Module({
  imports: [AlertsModule, PushModule, WebhookModule],
  providers: [
    OutboxRepository,
    NotificationsRepository,
    {
      provide: Delivery,
      inject: [
        SETTINGS,
        LOGGER,
        RedisClient,
        AlertsRepository,
        NotificationsRepository,
        PushSender,
        WebhookSecrets,
        WebhookSender,
      ],
      useFactory: (
        settings: ApiSettings,
        logger: Logger,
        redis: RedisClient,
        alerts: AlertsRepository,
        repository: NotificationsRepository,
        push: PushSender,
        secrets: WebhookSecrets,
        webhooks: WebhookSender,
      ) =>
        new Delivery(
          [
            new WebsocketNotifier(alerts, redis),
            new WebpushNotifier(alerts, repository, push),
            new WebhookNotifier(settings, alerts, repository, secrets, webhooks),
            new EmailNotifier(settings, alerts, repository),
          ],
          repository,
          logger,
        ),
    },
    NotifiersService,
  ],
})
export class NotifiersModule {}
