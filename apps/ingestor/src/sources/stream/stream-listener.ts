import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { Backpressure } from '../../pipeline/backpressure.js';
import type { Intake } from '../../pipeline/intake.js';
import { newSender, type Proof, type Sender } from '../../pipeline/sender.js';
import type { ConnectionLimit } from '../connection-limit.js';
import { listenError } from '../listen-error.js';
import type { LogSource } from '../log-source.js';
import type { TrustedProxies } from '../trusted-proxies.js';
import { readClientAddress } from './client-address.js';
import type { ServerCertificate } from './server-certificate.js';
import type { StreamProtocol, StreamSession } from './stream-session.js';

export interface StreamOptions {
  host: string;
  port: number;
  /** A connection that sends nothing this long is closed, ms. */
  idleMs: number;
  /** Given: the stream is TLS 1.2 or later. */
  certificate?: ServerCertificate;
}

/** What streams share with the rest of the ingestor, and with each other. */
export interface StreamParts {
  intake: Pick<Intake, 'holdsOff' | 'unreadable'>;
  backpressure: Pick<Backpressure, 'paused' | 'onChange'>;
  limit: ConnectionLimit;
  /** Whose PROXY headers count. */
  proxies: Pick<TrustedProxies, 'trusts'>;
  logger: Logger;
}

interface Connection {
  session: StreamSession;
  sender: Sender;
  /** Turns of the stop's loop without data. */
  silentTurns: number;
  /** It waits by itself, while others go on. */
  heldOff: boolean;
}

/** At a stop: how long a connection may go on with what is under way, and how many turns of silence mean that nothing is. */
const STOP_GRACE_MS = 3000;
const STOP_TURN_MS = 50;
// Turns and not time: a process that was not given the CPU has heard nothing, and there was still something to hear.
const STOP_SILENT_TURNS = 4;
const KEEP_ALIVE_MS = 60_000;
const HANDSHAKE_MS = 10_000;
const HOLD_OFF_MS = 100;

/** Listens for a protocol on TCP or TLS: limits, PROXY headers, certificates, backpressure, idle connections, stop. */
export class StreamListener implements LogSource {
  private readonly connections = new Map<Socket, Connection>();
  /** Clients behind proxies while TLS shakes hands, by the proxy's own address and port. */
  private readonly proxied = new Map<string, string>();
  private server: Server | undefined;

  constructor(
    private readonly protocol: StreamProtocol,
    private readonly options: StreamOptions,
    private readonly parts: StreamParts,
  ) {
    parts.backpressure.onChange((paused) => {
      for (const [socket, { heldOff }] of this.connections) {
        if (paused) socket.pause();
        else if (!heldOff) socket.resume();
      }
    });
  }

  get name(): string {
    return this.protocol.name;
  }

  async start(): Promise<void> {
    const { host, port, certificate } = this.options;
    const tls = certificate && this.createTls(certificate);
    const server = createServer((socket) => this.admit(socket, tls));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenError(error, this.protocol.setting, port, 'tcp')));
      server.listen(port, host, 1024, resolve);
    });
    server.removeAllListeners('error');
    // After `listen` this is a connection that could not be accepted, as without a free file descriptor.
    server.on('error', (error) => this.failed('accept', error));
    this.server = server;
    this.parts.logger.info({ address: server.address(), tls: tls !== undefined }, `${this.name} listens`);
  }

  async stop(): Promise<void> {
    this.server?.close();
    const deadline = Date.now() + STOP_GRACE_MS;
    for (const socket of this.connections.keys()) {
      if (this.protocol.acknowledges) socket.pause();
      // A FIN tells the sender to go elsewhere; what it had already sent is still read.
      else socket.end();
    }
    while (this.connections.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, STOP_TURN_MS));
      for (const [socket, connection] of this.connections) {
        const busy = this.protocol.acknowledges
          ? connection.session.owes
          : ++connection.silentTurns <= STOP_SILENT_TURNS;
        if (busy && Date.now() < deadline) continue;
        connection.session.end('us');
        this.forget(socket);
        socket.destroySoon();
      }
    }
  }

  private createTls(certificate: ServerCertificate): TlsServer {
    const server = createTlsServer({
      ...certificate,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HANDSHAKE_MS,
      // A certificate is known by its fingerprint (RFC 5425 4.2.2), so who issued it does not matter.
      requestCert: true,
      rejectUnauthorized: false,
    });
    server.on('secureConnection', (socket) => {
      const client = this.proxied.get(peerKey(socket)) ?? socket.remoteAddress;
      if (client === undefined) socket.destroy();
      else this.serve(socket, client, proofOf(socket));
    });
    server.on('tlsClientError', (error, socket) => {
      this.closed('tls_handshake');
      this.failed('handshake', error);
      socket.destroy();
    });
    return server;
  }

  /** Takes a place for a connection that has just come, before any handshake: those are what is dear. */
  private admit(socket: Socket, tls: TlsServer | undefined): void {
    socket.on('error', (error) => this.failed('connection', error));
    const peer = socket.remoteAddress;
    if (peer === undefined) return this.refuse(socket, 'gone');
    const proxy = this.parts.proxies.trusts(peer);
    // A proxy stands for many clients: its place is taken by whom it names.
    let holder = proxy ? undefined : peer;
    const verdict = this.parts.limit.enter(holder);
    if (verdict !== 'ok') return this.refuse(socket, verdict);
    let placed = true;
    socket.once('close', () => {
      if (placed) this.parts.limit.leave(holder);
    });
    if (!proxy) return this.begin(socket, peer, tls);
    socket.setTimeout(this.options.idleMs, () => this.refuse(socket, 'idle'));
    readClientAddress(
      socket,
      (named) => {
        socket.setTimeout(0);
        socket.removeAllListeners('timeout');
        this.parts.limit.leave(holder);
        holder = named ?? peer;
        const again = this.parts.limit.enter(holder);
        placed = again === 'ok';
        if (again === 'ok') this.begin(socket, holder, tls);
        else this.refuse(socket, again);
      },
      (reason) => {
        this.broken(newSender(peer, this.protocol.transport), reason);
        socket.destroy();
      },
    );
  }

  private begin(socket: Socket, client: string, tls: TlsServer | undefined): void {
    if (tls === undefined) return this.serve(socket, client);
    const key = peerKey(socket);
    if (client !== socket.remoteAddress) {
      this.proxied.set(key, client);
      socket.once('close', () => this.proxied.delete(key));
    }
    tls.emit('connection', socket);
  }

  private serve(socket: Socket, client: string, proof?: Proof): void {
    const { transport } = this.protocol;
    const sender = newSender(client, transport, proof);
    const session = this.protocol.open(socket, sender);
    const connection: Connection = { session, sender, silentTurns: 0, heldOff: false };
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setTimeout(this.options.idleMs, () => {
      // While senders are slowed, silence is our doing.
      if (this.parts.backpressure.paused || (connection.heldOff && !session.waits)) return;
      this.closed('idle');
      session.end('us');
      socket.destroy();
    });
    socket.on('data', (chunk: Buffer) => {
      if (!this.connections.has(socket)) return; // the stop has left it
      connection.silentTurns = 0;
      const reason = session.push(chunk);
      if (reason === undefined) return this.holdOff(socket, connection);
      this.broken(sender, reason);
      this.forget(socket);
      socket.pause();
      socket.destroySoon();
    });
    socket.on('end', () => session.end('sender'));
    if (this.options.certificate !== undefined)
      socket.on('error', (error) => this.failed('connection', error));
    socket.on('close', () => {
      this.forget(socket);
      session.closed();
    });
    this.connections.set(socket, connection);
    metrics.connections.inc({ transport });
    if (this.parts.backpressure.paused) socket.pause();
    else socket.resume();
  }

  /** A tenant over its quota waits, alone, until the slower lane has room or its quota allows more. */
  private holdOff(socket: Socket, connection: Connection): void {
    connection.heldOff = connection.session.waits || this.parts.intake.holdsOff(connection.sender);
    if (!connection.heldOff) return;
    socket.pause();
    setTimeout(() => {
      if (!this.connections.has(socket)) return;
      this.holdOff(socket, connection);
      if (!connection.heldOff && !this.parts.backpressure.paused) socket.resume();
    }, HOLD_OFF_MS);
  }

  private forget(socket: Socket): void {
    if (this.connections.delete(socket)) metrics.connections.dec({ transport: this.protocol.transport });
  }

  private refuse(socket: Socket, reason: string): void {
    this.closed(reason);
    socket.destroy();
  }

  private broken(sender: Sender, reason: string): void {
    this.parts.intake.unreadable(sender);
    this.closed('framing_error');
    this.parts.logger.warn({ sender: sender.address, reason }, `${this.name}: framing broken, closed`);
  }

  private closed(reason: string): void {
    metrics.connectionsClosed.inc({ transport: this.protocol.transport, reason });
  }

  private failed(operation: string, error: Error): void {
    countFailure(this.name, operation);
    this.parts.logger.debug({ err: error }, `${this.name}: ${operation} failed`);
  }
}

const peerKey = (socket: Socket) => `${socket.remoteAddress} ${socket.remotePort}`;

/** The client's certificate, if it showed one: TLS has made sure that it holds the key. */
function proofOf(socket: TLSSocket): Proof | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return { kind: 'certificate', hash: createHash('sha256').update(certificate.raw).digest('hex') };
}
