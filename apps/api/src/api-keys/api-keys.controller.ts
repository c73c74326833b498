import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { ApiKeysService } from './api-keys.service.js';

@Controller()
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Handles(endpoints.listApiKeys)
  list(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.listApiKeys>) {
    return this.keys.list(caller, query);
  }

  @Handles(endpoints.createApiKey)
  create(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.createApiKey>) {
    return this.keys.create(caller, body);
  }

  @Handles(endpoints.revokeApiKey)
  revoke(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.revokeApiKey>) {
    return this.keys.revoke(caller, params.id);
  }
}
