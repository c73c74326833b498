import { Controller, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import type { ApiRequest } from '../http/api-request.js';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { BlocklistFileService } from './blocklist-file.service.js';
import { BlocklistService } from './blocklist.service.js';

@Controller()
export class BlocklistController {
  constructor(
    private readonly blocklist: BlocklistService,
    private readonly file: BlocklistFileService,
  ) {}

  @Handles(endpoints.fetchBlocklist)
  fetch(
    @Req() request: ApiRequest,
    @Res() response: Response,
    @Input() { query }: ParsedOf<typeof endpoints.fetchBlocklist>,
  ) {
    return this.file.answer(request, response, query.token);
  }

  @Handles(endpoints.listBlocklist)
  list(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.listBlocklist>) {
    return this.blocklist.list(caller, query);
  }

  @Handles(endpoints.createBlock)
  block(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.createBlock>) {
    return this.blocklist.block(caller, body);
  }

  @Handles(endpoints.deleteBlock)
  unblock(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.deleteBlock>) {
    return this.blocklist.unblock(caller, params.id);
  }

  @Handles(endpoints.getBlocklistSettings)
  settings(@Caller() caller: Principal) {
    return this.blocklist.settings(caller);
  }

  @Handles(endpoints.updateBlocklistSettings)
  changeSettings(
    @Caller() caller: Principal,
    @Input() { body }: ParsedOf<typeof endpoints.updateBlocklistSettings>,
  ) {
    return this.blocklist.changeSettings(caller, body);
  }

  @Handles(endpoints.renewBlocklistToken)
  renewToken(@Caller() caller: Principal) {
    return this.blocklist.renewToken(caller);
  }

  @Handles(endpoints.deleteBlocklistToken)
  endToken(@Caller() caller: Principal) {
    return this.blocklist.endToken(caller);
  }

  @Handles(endpoints.listAllowed)
  allowed(@Caller() caller: Principal) {
    return this.blocklist.allowed(caller);
  }

  @Handles(endpoints.createAllowed)
  allow(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.createAllowed>) {
    return this.blocklist.allow(caller, body);
  }

  @Handles(endpoints.deleteAllowed)
  disallow(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.deleteAllowed>) {
    return this.blocklist.disallow(caller, params.id);
  }
}
