import { ServerResponse, type IncomingMessage, type Server as HttpServer } from 'node:http';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Server, type Socket } from 'socket.io';
import { z } from 'zod';
import type { LiveMessage } from '@parapet/contracts';
import { ParapetError, UnavailableError } from '@parapet/errors';
import { countFailure, type Logger } from '@parapet/telemetry';
import type { ApiSettings } from '../core/api-settings.js';
import { LOGGER, SETTINGS } from '../core/tokens.js';
import { isUnreachable } from '../http/unreachable.js';
import { accessCookieOf, bearerOf, mayKnock, type OwnAddress } from './handshake.js';
import { LiveAccess } from './live-access.service.js';
import { LiveHub } from './live-hub.js';
import { LiveRefusal } from './live-refusal.js';

const PATH = '/ws';
/** Clients send nothing but the handshake. */
const MAX_RECEIVED_BYTES = 8192;
/** Messages that may wait for one client; one that reads slower is closed, comes back and reads the list. */
const MAX_WAITING = 1000;

interface ServerEvents {
  'alert.created': (message: LiveMessage) => void;
  'alert.updated': (message: LiveMessage) => void;
}
type LiveServer = Server<Record<string, never>, ServerEvents>;
type LiveSocket = Socket<Record<string, never>, ServerEvents>;

const authSchema = z.object({ token: z.string().min(1) });
const roomOf = (tenantId: string) => `tenant:${tenantId}`;
const TENANT_ROOM = /^tenant:(.+)$/;

/** Socket.IO at `/ws`: one room a tenant, one way only. */
@Injectable()
export class LiveSockets implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly own: OwnAddress;
  private server: LiveServer | undefined;
  private closing = false;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly hub: LiveHub,
    private readonly access: LiveAccess,
    @Inject(SETTINGS) settings: ApiSettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.own = { publicUrl: settings.PUBLIC_URL, development: settings.NODE_ENV === 'development' };
  }

  onApplicationBootstrap(): void {
    const http: HttpServer = this.host.httpAdapter.getHttpServer();
    const server: LiveServer = new Server(http, {
      path: PATH,
      serveClient: false,
      cookie: false,
      connectTimeout: 5000,
      maxHttpBufferSize: MAX_RECEIVED_BYTES,
    });
    // Every request, polls and upgrades of a known client too.
    server.engine.use((request: IncomingMessage, response: unknown, next: () => void) => {
      if (this.closing) refuse(request, response, 503, 'Service Unavailable');
      else if (mayKnock(request.headers, this.own)) next();
      else refuse(request, response, 403, 'Forbidden');
    });
    server.engine.on('headers', (headers: Record<string, string>) => {
      headers['Cache-Control'] = 'no-store';
      headers['X-Content-Type-Options'] = 'nosniff';
    });
    server.use((socket, next) => {
      this.admit(socket).then(
        () => next(),
        (error: unknown) => next(this.refusalOf(error)),
      );
    });
    this.joinRoomsToHub(server);
    this.server = server;
  }

  /** The HTTP server is Nest's to close. */
  onModuleDestroy(): void {
    this.closing = true;
    this.server?.disconnectSockets(true);
    this.server?.engine.close();
  }

  private async admit(socket: LiveSocket): Promise<void> {
    const { headers } = socket.request;
    const given = authSchema.safeParse(socket.handshake.auth);
    const token = bearerOf(headers) ?? (given.success ? given.data.token : accessCookieOf(headers));
    const lease = await this.access.admit(token, () => {
      socket.disconnect(true);
      socket.conn.close(); // a socket that is not connected yet ignores the line above
    });
    socket.conn.once('close', lease.release);
    socket.once('disconnect', lease.release);
    closeWhenSlow(socket);
    await socket.join(roomOf(lease.tenantId));
  }

  /** The hub is listened to for a tenant while somebody is in its room. */
  private joinRoomsToHub(server: LiveServer): void {
    const subscriptions = new Map<string, () => void>();
    const { adapter } = server.of('/');
    adapter.on('create-room', (room: string) => {
      const tenantId = TENANT_ROOM.exec(room)?.[1];
      if (tenantId === undefined) return;
      const leave = this.hub.subscribe(tenantId, (message) => server.to(room).emit(message.kind, message));
      subscriptions.set(room, leave);
    });
    adapter.on('delete-room', (room: string) => {
      subscriptions.get(room)?.();
      subscriptions.delete(room);
    });
  }

  private refusalOf(error: unknown): LiveRefusal {
    if (error instanceof ParapetError && error.code !== 'internal') return new LiveRefusal(error);
    countFailure('live', 'admit');
    this.logger.error({ err: error }, 'A live connection could not be admitted');
    return new LiveRefusal(
      new UnavailableError(isUnreachable(error) ? 'A server that this needs' : 'The live connection'),
    );
  }
}

function closeWhenSlow(socket: LiveSocket): void {
  let waiting = 0;
  socket.conn.on('flush', () => (waiting = 0));
  socket.conn.on('packetCreate', () => {
    waiting += 1;
    if (waiting !== MAX_WAITING) return;
    countFailure('live', 'slow_client');
    // Not `disconnect`, which waits until everything is read.
    socket.conn.close(true);
  });
}

/** Engine.IO answers every refused upgrade with 400, so the refusal is written here. */
function refuse(request: IncomingMessage, response: unknown, status: number, text: string): void {
  countFailure('live', 'refused');
  if (response instanceof ServerResponse) {
    response.writeHead(status, { 'Content-Type': 'text/plain', Connection: 'close' }).end(`${text}\n`);
    return;
  }
  request.socket.on('error', () => countFailure('live', 'refusal_unread'));
  request.socket.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
