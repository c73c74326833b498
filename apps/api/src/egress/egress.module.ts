import { Module, type OnApplicationShutdown } from '@nestjs/common';
import type { ApiSettings } from '../core/api-settings.js';
import { SETTINGS } from '../core/tokens.js';
import { EgressGuard } from './egress-guard.js';

@Module({
  providers: [
    {
      provide: EgressGuard,
      inject: [SETTINGS],
      useFactory: (settings: ApiSettings) => new EgressGuard(settings.EGRESS_ALLOW_HOSTS),
    },
  ],
  exports: [EgressGuard],
})
export class EgressModule implements OnApplicationShutdown {
  constructor(private readonly guard: EgressGuard) {}

  onApplicationShutdown(): void {
    this.guard.close();
  }
}
