import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { DashboardService } from './dashboard.service.js';

@Controller()
export class DashboardController {
  constructor(private readonly dashboard: DashboardService) {}

  @Handles(endpoints.getDashboard)
  get(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.getDashboard>) {
    return this.dashboard.summary(caller, query);
  }
}
