import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { Intake } from '../pipeline/intake.js';
import { newSender, type Sender } from '../pipeline/sender.js';
import { readKernelDrops } from './kernel-drops.js';
import { listenError } from './listen-error.js';
import type { LogSource } from './log-source.js';

export interface UdpOptions {
  host: string;
  port: number;
  /** Bytes asked of the kernel; it gives at most net.core.rmem_max. */
  receiveBuffer: number;
}

/** Addresses whose place is remembered. They cost nothing to forge, so the memory starts anew when it is full. */
const MAX_SENDERS = 10_000;
const DROPS_EVERY_MS = 1000;
const STOP_SILENT_TURNS = 5;
const STOP_GRACE_MS = 1000;

/** Syslog over UDP (RFC 5426): one frame a datagram, one socket, and never an answer. */
export class SyslogUdpSource implements LogSource {
  readonly name = 'syslog/udp';
  private socket: Socket | undefined;
  private senders = new Map<string, Sender>();
  private timer: NodeJS.Timeout | undefined;
  private silentTurns = 0;

  constructor(
    private readonly options: UdpOptions,
    private readonly intake: Intake,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    const { host, port, receiveBuffer } = this.options;
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) => {
        socket.close();
        reject(listenError(error, 'SYSLOG_UDP_PORT', port, 'udp'));
      });
      socket.bind({ port, address: host, exclusive: true }, resolve);
    });
    socket.removeAllListeners('error');
    socket.on('error', (error) => {
      countFailure(this.name, 'receive');
      this.logger.error({ err: error }, `${this.name}: receive failed`);
    });
    socket.on('message', (datagram, peer) => {
      this.silentTurns = 0;
      metrics.received.inc({ transport: 'udp' });
      this.intake.receive(datagram, false, this.senderOf(peer.address));
    });
    this.socket = socket;
    this.sizeBuffer(socket, receiveBuffer);
    const bound = socket.address().port;
    this.timer = setInterval(() => void readKernelDrops(bound), DROPS_EVERY_MS);
    this.logger.info({ address: socket.address() }, `${this.name} listens`);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    const { socket } = this;
    if (socket === undefined) return;
    // What the kernel still holds for us was sent in good faith: read until there is a moment of silence.
    const deadline = Date.now() + STOP_GRACE_MS;
    while (Date.now() < deadline && this.silentTurns++ < STOP_SILENT_TURNS) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await readKernelDrops(socket.address().port);
    this.socket = undefined;
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  private senderOf(address: string): Sender {
    let sender = this.senders.get(address);
    if (sender === undefined) {
      if (this.senders.size >= MAX_SENDERS) this.senders = new Map();
      sender = newSender(address, 'udp');
      this.senders.set(address, sender);
    }
    return sender;
  }

  private sizeBuffer(socket: Socket, wanted: number): void {
    socket.setRecvBufferSize(wanted);
    // Linux doubles the size for its own bookkeeping and tells the doubled one (socket(7)).
    const given = process.platform === 'linux' ? socket.getRecvBufferSize() / 2 : socket.getRecvBufferSize();
    metrics.udpReceiveBuffer.set(given);
    if (given >= wanted) return;
    this.logger.warn(
      { wanted, given },
      `the UDP receive buffer is ${given} bytes instead of ${wanted}; bursts may be lost. Raise net.core.rmem_max.`,
    );
  }
}
