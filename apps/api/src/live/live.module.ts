import { Module } from '@nestjs/common';
import { AlertStreamController } from './alert-stream.controller.js';
import { AlertStreams } from './alert-stream.service.js';
import { LiveAccess } from './live-access.service.js';
import { LiveChannel } from './live-channel.service.js';
import { LiveHub } from './live-hub.js';
import { LiveSockets } from './live-sockets.service.js';

/** Alerts as they happen: Redis → hub → WebSocket and SSE. What publishes is `publishLive`. */
@Module({
  controllers: [AlertStreamController],
  providers: [AlertStreams, LiveAccess, LiveChannel, LiveHub, LiveSockets],
})
export class LiveModule {}
