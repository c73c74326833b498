import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { EventsService } from './events.service.js';

@Controller()
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Handles(endpoints.listEvents)
  list(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.listEvents>) {
    return this.events.list(caller, query);
  }

  // Before `get`: Express takes the first route that matches, and `histogram` would match `:id`.
  @Handles(endpoints.eventHistogram)
  histogram(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.eventHistogram>) {
    return this.events.histogram(caller, query);
  }

  @Handles(endpoints.getEvent)
  get(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.getEvent>) {
    return this.events.get(caller, params.id);
  }
}
