import { Module } from '@nestjs/common';
import { TenantDatabase } from '@parapet/db';
import { EventOverviewReader, EventReader } from '@parapet/eventstore';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';

@Module({
  controllers: [EventsController],
  providers: [
    EventsService,
    {
      provide: EventReader,
      inject: [TenantDatabase],
      useFactory: (database: TenantDatabase) => new EventReader(database),
    },
    {
      provide: EventOverviewReader,
      inject: [TenantDatabase],
      useFactory: (database: TenantDatabase) => new EventOverviewReader(database),
    },
  ],
  exports: [EventReader, EventOverviewReader],
})
export class EventsModule {}
