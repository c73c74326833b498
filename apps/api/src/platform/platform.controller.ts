import { Controller } from '@nestjs/common';
import { endpoints } from '@parapet/contracts';
import { Handles } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { PlatformService } from './platform.service.js';

@Controller()
export class PlatformController {
  constructor(private readonly platform: PlatformService) {}

  @Handles(endpoints.listQuarantine)
  listQuarantine(@Caller() caller: Principal) {
    return this.platform.quarantine(caller);
  }
}
