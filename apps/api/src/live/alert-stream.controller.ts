import { Controller, Req } from '@nestjs/common';
import { endpoints } from '@parapet/contracts';
import type { ApiRequest } from '../http/api-request.js';
import { Handles } from '../http/handles.js';
import { AlertStreams } from './alert-stream.service.js';

@Controller()
export class AlertStreamController {
  constructor(private readonly streams: AlertStreams) {}

  @Handles(endpoints.streamAlerts)
  stream(@Req() request: ApiRequest) {
    return this.streams.open(request);
  }
}
