import type { Server, Socket } from 'node:net';
import { SyslogStreamFramer } from '@parapet/normalize';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { Backpressure } from '../pipeline/backpressure.js';
import type { Intake } from '../pipeline/intake.js';
import { newSender, type Sender } from '../pipeline/sender.js';
import type { ConnectionLimit } from './connection-limit.js';
import { listenError } from './listen-error.js';
import type { LogSource } from './log-source.js';

export interface StreamOptions {
  transport: 'tcp' | 'tls';
  host: string;
  port: number;
  /** Name of the setting of the port, for the error when it is taken. */
  setting: string;
  /** A connection that sends nothing this long is closed, ms. */
  idleMs: number;
}

interface Connection {
  /** Hands out the last line that had no end yet. */
  finish(): void;
  /** Turns of the stop's loop without data. */
  silentTurns: number;
}

/** At a stop: how long a connection may go on with what is under way, and how many turns of silence mean that nothing is. */
const STOP_GRACE_MS = 3000;
const STOP_TURN_MS = 50;
// Turns and not time: a process that was not given the CPU has heard nothing, and there was still something to hear.
const STOP_SILENT_TURNS = 4;
const KEEP_ALIVE_MS = 60_000;
const HOLD_OFF_MS = 100;

/** What syslog over TCP and over TLS share: frames, limits, backpressure, idle connections. Never writes a byte. */
export abstract class StreamListener implements LogSource {
  private readonly connections = new Map<Socket, Connection>();
  private server: Server | undefined;

  constructor(
    protected readonly options: StreamOptions,
    private readonly intake: Intake,
    private readonly backpressure: Backpressure,
    private readonly limit: ConnectionLimit,
    private readonly logger: Logger,
  ) {
    backpressure.onChange((paused) => {
      for (const socket of this.connections.keys()) {
        if (paused) socket.pause();
        else socket.resume();
      }
    });
  }

  get name(): string {
    return `syslog/${this.options.transport}`;
  }

  /** The server, whose ready connections go through `admit` (before any handshake) and then `serve`. */
  protected abstract createServer(): Server;

  async start(): Promise<void> {
    const { host, port, setting } = this.options;
    const server = this.createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenError(error, setting, port, 'tcp')));
      server.listen(port, host, 1024, resolve);
    });
    server.removeAllListeners('error');
    // After `listen` this is a connection that could not be accepted, as without a free file descriptor.
    server.on('error', (error) => this.failed('accept', error));
    this.server = server;
    this.logger.info({ address: server.address() }, `${this.name} listens`);
  }

  async stop(): Promise<void> {
    this.server?.close();
    const deadline = Date.now() + STOP_GRACE_MS;
    // A FIN tells the sender to go elsewhere; what it had already sent is still read.
    for (const socket of this.connections.keys()) socket.end();
    while (this.connections.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, STOP_TURN_MS));
      for (const [socket, connection] of this.connections) {
        connection.silentTurns++;
        if (Date.now() < deadline && connection.silentTurns <= STOP_SILENT_TURNS) continue;
        connection.finish();
        socket.destroy();
        if (this.connections.delete(socket)) metrics.connections.dec({ transport: this.options.transport });
      }
    }
  }

  /** Takes a place for a connection that has just come, or closes it. The place is given back when it closes. */
  protected admit(socket: Socket): boolean {
    const address = socket.remoteAddress;
    const verdict = address === undefined ? 'gone' : this.limit.enter(address);
    if (verdict !== 'ok' || address === undefined) {
      this.closed(verdict);
      socket.on('error', () => undefined); // it was refused and counted; how its end goes is of no interest
      socket.destroy();
      return false;
    }
    socket.once('close', () => this.limit.leave(address));
    return true;
  }

  protected serve(socket: Socket): void {
    const { transport, idleMs } = this.options;
    const sender = newSender(socket.remoteAddress ?? '', transport);
    const framer = new SyslogStreamFramer();
    const connection: Connection = { finish: () => undefined, silentTurns: 0 };
    let frames = 0;
    const onFrame = (frame: Buffer, truncated: boolean) => {
      frames++;
      this.intake.receive(frame, truncated, sender);
    };
    const count = () => {
      if (frames > 0) metrics.received.inc({ transport }, frames);
      frames = 0;
    };
    connection.finish = () => {
      framer.end(onFrame);
      count();
    };
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setTimeout(idleMs, () => {
      // While senders are slowed, silence is our doing.
      if (this.backpressure.paused) return;
      this.closed('idle');
      connection.finish();
      socket.destroy();
    });
    socket.on('data', (chunk: Buffer) => {
      connection.silentTurns = 0;
      const broken = framer.push(chunk, onFrame);
      count();
      if (broken === undefined) return this.holdOff(socket, sender);
      this.intake.unreadable(sender);
      this.closed('framing_error');
      this.logger.warn(
        { sender: sender.address, reason: broken.message },
        `${this.name}: framing broken, closed`,
      );
      socket.destroy();
    });
    socket.on('end', connection.finish);
    socket.on('error', (error) => this.failed('connection', error));
    socket.on('close', () => {
      if (this.connections.delete(socket)) metrics.connections.dec({ transport });
    });
    this.connections.set(socket, connection);
    metrics.connections.inc({ transport });
    if (this.backpressure.paused) socket.pause();
  }

  /** A tenant over its quota waits, alone, until the slower lane has room or its quota allows more. */
  private holdOff(socket: Socket, sender: Sender): void {
    if (!this.intake.holdsOff(sender)) return;
    socket.pause();
    setTimeout(() => {
      if (!this.connections.has(socket)) return;
      if (!this.intake.holdsOff(sender)) {
        if (!this.backpressure.paused) socket.resume();
      } else this.holdOff(socket, sender);
    }, HOLD_OFF_MS);
  }

  protected closed(reason: string): void {
    metrics.connectionsClosed.inc({ transport: this.options.transport, reason });
  }

  protected failed(operation: string, error: Error): void {
    countFailure(this.name, operation);
    this.logger.debug({ err: error }, `${this.name}: ${operation} failed`);
  }
}
