import { Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from '@parapet/telemetry';
import { AlertsModule } from './alerts/alerts.module.js';
import { AssetsModule } from './assets/assets.module.js';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BlocklistModule } from './blocklist/blocklist.module.js';
import type { ApiSettings } from './core/api-settings.js';
import { CoreModule, type CoreOptions } from './core/core.module.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { DeadLettersModule } from './dead-letters/dead-letters.module.js';
import { DetectorsModule } from './detectors/detectors.module.js';
import { EventsModule } from './events/events.module.js';
import { IntelModule } from './intel/intel.module.js';
import { LiveModule } from './live/live.module.js';
import { LogsModule } from './logs/logs.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { NotifiersModule } from './notifiers/notifiers.module.js';
import { ParsersModule } from './parsers/parsers.module.js';
import { PlatformModule } from './platform/platform.module.js';
import { RulesModule } from './rules/rules.module.js';
import { SourcesModule } from './sources/sources.module.js';

@Module({})
export class AppModule {
  static forRoot(settings: ApiSettings, logger: Logger, options: CoreOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CoreModule.forRoot(settings, logger, options),
        AuthModule,
        // Before AlertsModule: /alerts/stream is no /alerts/:id.
        LiveModule,
        AlertsModule,
        ApiKeysModule,
        AssetsModule,
        BlocklistModule,
        DashboardModule,
        DeadLettersModule,
        DetectorsModule,
        EventsModule,
        IntelModule,
        LogsModule,
        NotificationsModule,
        NotifiersModule,
        ParsersModule,
        PlatformModule,
        RulesModule,
        SourcesModule,
      ],
    };
  }
}
