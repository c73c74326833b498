import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { LogsService } from './logs.service.js';

@Controller()
export class LogsController {
  constructor(private readonly logs: LogsService) {}

  @Handles(endpoints.parseLogs)
  parse(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.parseLogs>) {
    return this.logs.parse(caller, body);
  }
}
