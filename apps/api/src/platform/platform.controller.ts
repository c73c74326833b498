import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { PlatformService } from './platform.service.js';

@Controller()
export class PlatformController {
  constructor(private readonly platform: PlatformService) {}

  @Handles(endpoints.listQuarantine)
  listQuarantine(@Caller() caller: Principal) {
    return this.platform.quarantine(caller);
  }

  @Handles(endpoints.listTenants)
  listTenants(@Caller() caller: Principal) {
    return this.platform.tenants(caller);
  }

  @Handles(endpoints.assignSender)
  assignSender(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.assignSender>) {
    return this.platform.assignSender(caller, body);
  }
}
