import { Module } from '@nestjs/common';
import type { ApiSettings } from '../core/api-settings.js';
import { SETTINGS } from '../core/tokens.js';
import { EgressGuard } from '../egress/egress-guard.js';
import { EgressModule } from '../egress/egress.module.js';
import { WebhookSecrets } from './webhook-secret.js';
import { WebhookSender } from './webhook-sender.js';

/** For whoever sends to webhooks: the notifiers, and the test message of a channel. */
@Module({
  imports: [EgressModule],
  providers: [
    {
      provide: WebhookSender,
      inject: [EgressGuard],
      useFactory: (guard: EgressGuard) => new WebhookSender(guard),
    },
    {
      provide: WebhookSecrets,
      inject: [SETTINGS],
      useFactory: (settings: ApiSettings) => new WebhookSecrets(settings.JWT_SECRET),
    },
  ],
  exports: [WebhookSender, WebhookSecrets],
})
export class WebhookModule {}
