import { Controller, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { endpoints, type ParsedOf, type ResponseOf } from '@parapet/contracts';
import type { ApiRequest } from '../http/api-request.js';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { BrowserSessions } from './browser-sessions.service.js';

@Controller()
export class AuthController {
  constructor(private readonly sessions: BrowserSessions) {}

  @Handles(endpoints.login)
  login(
    @Input() { body }: ParsedOf<typeof endpoints.login>,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ResponseOf<typeof endpoints.login>> {
    return this.sessions.login(body, request, response);
  }

  @Handles(endpoints.refresh)
  refresh(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ResponseOf<typeof endpoints.refresh>> {
    return this.sessions.refresh(request, response);
  }

  @Handles(endpoints.logout)
  logout(@Caller() caller: Principal, @Res({ passthrough: true }) response: Response): Promise<void> {
    return this.sessions.logout(caller, response);
  }

  @Handles(endpoints.me)
  me(
    @Caller() caller: Principal,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ResponseOf<typeof endpoints.me>> {
    return this.sessions.me(caller, request, response);
  }
}
