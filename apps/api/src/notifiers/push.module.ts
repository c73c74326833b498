import { Module } from '@nestjs/common';
import type { ApiSettings } from '../core/api-settings.js';
import { SETTINGS } from '../core/tokens.js';
import { EgressGuard } from '../egress/egress-guard.js';
import { EgressModule } from '../egress/egress.module.js';
import { PushSender } from './push-sender.js';

/** For whoever sends web push: the notifiers, and the test message of a subscription. */
@Module({
  imports: [EgressModule],
  providers: [
    {
      provide: PushSender,
      inject: [EgressGuard, SETTINGS],
      useFactory: (guard: EgressGuard, settings: ApiSettings) => new PushSender(guard, settings),
    },
  ],
  exports: [PushSender, EgressModule],
})
export class PushModule {}
