import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { ConnectionLimit } from '../connection-limit.js';
import { listenError } from '../listen-error.js';
import type { LogSource } from '../log-source.js';
import type { TrustedProxies } from '../trusted-proxies.js';
import type { RequestHandler } from './request-handler.js';

export interface HttpOptions {
  host: string;
  port: number;
  /** PEM; without it the server speaks plain HTTP. */
  certificate?: { cert: Buffer; key: Buffer };
  /** Other bounds of time than the usual ones. */
  timeouts?: Partial<HttpTimeouts>;
}

/** How long a sender may take, milliseconds. */
export interface HttpTimeouts {
  /** For a request's headers, from the connection's start on. */
  headers: number;
  /** For a whole request, however it trickles in. */
  request: number;
  /** For the next request on a connection. */
  keepAlive: number;
  handshake: number;
  /** How often connections are checked for the first two. */
  check: number;
  /** For its own end of a connection that was told to end. */
  linger: number;
}

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 100;
const TIMEOUTS: HttpTimeouts = {
  headers: 20_000,
  request: 120_000,
  keepAlive: 65_000,
  handshake: 10_000,
  check: 5000,
  linger: 1000,
};
/** At a stop: how long a request may go on that is under way. */
const STOP_GRACE_MS = 5000;
const STOP_TURN_MS = 25;

/** Logs over HTTP/1.1: the server and its limits. What a request says is the handler's. */
export class HttpSource implements LogSource {
  readonly name = 'http';
  private server: Server | undefined;
  private open = 0;
  private readonly timeouts: HttpTimeouts;

  constructor(
    private readonly options: HttpOptions,
    private readonly parts: {
      handler: Pick<RequestHandler, 'handle' | 'close'>;
      limit: ConnectionLimit;
      proxies: TrustedProxies;
      logger: Logger;
    },
  ) {
    this.timeouts = { ...TIMEOUTS, ...options.timeouts };
  }

  /** Where it listens: 0 was asked for when any port will do. */
  get port(): number {
    const address = this.server?.address();
    return typeof address === 'object' && address !== null ? address.port : this.options.port;
  }

  async start(): Promise<void> {
    const { host, port } = this.options;
    const server = this.createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenError(error, 'INGEST_HTTP_PORT', port, 'tcp')));
      server.listen(port, host, 1024, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', (error) => this.failed('accept', error));
    this.server = server;
    this.parts.logger.info({ address: server.address() }, 'http listens');
  }

  /** Requests that are under way are answered, when Redis has what they brought. */
  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.parts.handler.close();
    server.close();
    server.closeIdleConnections();
    const deadline = Date.now() + STOP_GRACE_MS;
    while (this.open > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, STOP_TURN_MS));
      server.closeIdleConnections();
    }
    server.closeAllConnections();
  }

  private createServer(): Server {
    const { timeouts } = this;
    const { certificate } = this.options;
    const limits = {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: timeouts.headers,
      requestTimeout: timeouts.request,
      keepAliveTimeout: timeouts.keepAlive,
      connectionsCheckingInterval: timeouts.check,
    };
    const tls = { ...certificate, minVersion: 'TLSv1.2', handshakeTimeout: timeouts.handshake } as const;
    const server = certificate ? createTlsServer({ ...limits, ...tls }) : createServer(limits);
    server.maxHeadersCount = MAX_HEADERS;
    // Before any handshake: that is what is dear.
    server.prependListener('connection', (socket: Socket) => this.admit(socket));
    server.on('tlsClientError', (error: Error, socket: Socket) => {
      this.closed('tls_handshake');
      this.failed('handshake', error);
      socket.destroy();
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      this.badRequest(error, socket),
    );
    const handle = (request: IncomingMessage, response: ServerResponse) =>
      void this.parts.handler.handle(request, response);
    server.on('request', handle);
    // `Expect: 100-continue`: who has no key is told so before the body comes.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      void this.parts.handler.handle(request, response, () => response.writeContinue());
    });
    return server;
  }

  private admit(socket: Socket): void {
    const peer = socket.remoteAddress;
    // Behind a proxy are many clients: its connections count in the sum alone.
    const address = peer !== undefined && this.parts.proxies.trusts(peer) ? undefined : peer;
    const verdict = peer === undefined ? 'gone' : this.parts.limit.enter(address);
    if (verdict !== 'ok') {
      this.closed(verdict);
      socket.on('error', () => undefined); // it was refused and counted; how its end goes is of no interest
      socket.destroy();
      return;
    }
    this.open++;
    metrics.connections.inc({ transport: 'http' });
    socket.once('close', () => {
      this.open--;
      metrics.connections.dec({ transport: 'http' });
      this.parts.limit.leave(address);
    });
  }

  /** What is no HTTP, or came too slowly. */
  private badRequest(error: NodeJS.ErrnoException, socket: Socket): void {
    const status =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? '408 Request Timeout'
          : '400 Bad Request';
    this.closed('bad_request');
    this.failed('request', error);
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    // node's server keeps a connection half open for as long as its sender likes.
    const timer = setTimeout(() => socket.destroy(), this.timeouts.linger);
    socket.once('close', () => clearTimeout(timer));
  }

  private closed(reason: string): void {
    metrics.connectionsClosed.inc({ transport: 'http', reason });
  }

  private failed(operation: string, error: Error): void {
    countFailure('http', operation);
    this.parts.logger.debug({ err: error }, `http: ${operation} failed`);
  }
}
