import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { AlertsService } from './alerts.service.js';

@Controller()
export class AlertsController {
  constructor(private readonly alerts: AlertsService) {}

  @Handles(endpoints.listAlerts)
  list(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.listAlerts>) {
    return this.alerts.list(caller, query);
  }

  @Handles(endpoints.getAlert)
  get(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.getAlert>) {
    return this.alerts.get(caller, params.id);
  }

  @Handles(endpoints.updateAlert)
  update(@Caller() caller: Principal, @Input() { params, body }: ParsedOf<typeof endpoints.updateAlert>) {
    return this.alerts.update(caller, params.id, body);
  }
}
