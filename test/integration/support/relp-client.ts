import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { waitFor } from '@parapet/testing';
import { connectFrom } from './ingestor.js';

const OFFERS = 'relp_version=0\nrelp_software=test\ncommands=syslog';
/** Frames that may be unacknowledged, as with librelp. */
const WINDOW = 128;

interface Pending {
  message: string;
  acknowledged: () => void;
}

/** A small RELP client: a window of unacknowledged messages, which it sends again on the next connection. */
export class RelpClient {
  /** Answers in the order in which they came: "txnr rsp data". */
  readonly answers: string[] = [];
  private socket: Socket | undefined;
  private received = '';
  private txnr = 0;
  private unacknowledged = new Map<number, Pending>();

  constructor(
    private readonly localAddress: string,
    private readonly port: number,
    private readonly tls?: ConnectionOptions,
    /** Sent before everything else, such as a PROXY header. */
    private readonly preamble?: Buffer | string,
  ) {}

  get pending(): number {
    return this.unacknowledged.size;
  }

  get connected(): boolean {
    return this.socket !== undefined && !this.socket.destroyed;
  }

  /** Connects, opens the session, and sends again what was not acknowledged. */
  async open(offers = OFFERS): Promise<void> {
    const bare = await connectFrom(this.localAddress, this.port);
    if (this.preamble !== undefined) bare.write(this.preamble);
    const socket = this.tls === undefined ? bare : connectTls({ ...this.tls, socket: bare });
    socket.on('error', () => undefined);
    if (this.tls !== undefined) await once(socket, 'secureConnect');
    this.socket = socket;
    this.received = '';
    socket.on('data', (chunk: Buffer) => this.read(chunk.toString('latin1')));
    const before = this.unacknowledged;
    this.unacknowledged = new Map();
    this.txnr = 0;
    const answers = this.answers.length;
    this.command('open', offers);
    await waitFor(() => this.answers.length > answers || socket.destroyed, { what: 'the answer to open' });
    for (const pending of before.values()) this.transmit(pending);
  }

  /** Resolves when the message is acknowledged, on whatever connection. */
  send(message: string): Promise<void> {
    return new Promise((acknowledged) => this.transmit({ message, acknowledged }));
  }

  /** Waits until the window has room. */
  async room(): Promise<void> {
    await waitFor(() => this.pending < WINDOW || !this.connected, { everyMs: 1, what: 'acknowledgements' });
  }

  command(name: string, data = ''): void {
    this.raw(`${++this.txnr} ${name} ${Buffer.byteLength(data)}${data === '' ? '' : ' '}${data}\n`);
  }

  raw(text: string): void {
    if (this.connected) this.socket?.write(text);
  }

  /** Ends the connection without a word. */
  destroy(): void {
    this.socket?.destroy();
  }

  /** The connection breaks. */
  reset(): void {
    this.socket?.resetAndDestroy();
  }

  async closed(): Promise<void> {
    if (this.connected && this.socket) await once(this.socket, 'close');
  }

  private transmit(pending: Pending): void {
    this.unacknowledged.set(this.txnr + 1, pending);
    this.command('syslog', pending.message);
  }

  private read(text: string): void {
    this.received += text;
    for (;;) {
      const head = /^(\d+) ([a-z]+) (\d+) ?/.exec(this.received);
      const end = head && head[0].length + Number(head[3]);
      if (!head || end === null || this.received.length <= end) return;
      const data = this.received.slice(head[0].length, end);
      this.received = this.received.slice(end).replace(/^\n/, '');
      this.answers.push(`${head[1]} ${head[2]} ${data}`.trim());
      const pending = this.unacknowledged.get(Number(head[1]));
      if (head[2] !== 'rsp' || !pending || !data.startsWith('200')) continue;
      this.unacknowledged.delete(Number(head[1]));
      pending.acknowledged();
    }
  }
}
