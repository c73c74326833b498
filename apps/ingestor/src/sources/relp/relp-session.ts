import type { Socket } from 'node:net';
import { answerRelpOffers, RELP_SERVER_CLOSE, RelpFramer, relpResponse } from '@parapet/normalize';
import { metrics } from '@parapet/telemetry';
import { Receipt } from '../../pipeline/receipt.js';
import type { Sender } from '../../pipeline/sender.js';
import type { StreamSession } from '../stream/stream-session.js';
import { FirstRepeated } from './first-repeated.js';
import type { RelpParts } from './relp.js';

/** Answers to the frames of one read. They leave together, when Redis has all that the read brought. */
interface Turn {
  text: string;
  receipt: Receipt;
  settled: boolean;
}

/** An answer that was handed to the kernel, and when, epoch ms. */
interface Sent {
  receipt: Receipt;
  at: number;
}

/** Answers that the sender does not read, bytes, above which it is not read either. */
const MAX_UNREAD_ANSWERS = 256 * 1024;
/**
 * An answer in the kernel may still be lost with the connection. It counts as heard when the sender says more this long
 * after it, or ends the connection in order; if the connection breaks before, the sender is expected to repeat itself.
 */
const HEARD_AFTER_MS = 2000;

const COMMANDS = ['open', 'syslog', 'close'] as const;
type Command = (typeof COMMANDS)[number];
const isCommand = (text: string): text is Command => COMMANDS.some((command) => command === text);

/** The server's side of one RELP session. */
export class RelpSession implements StreamSession {
  private readonly framer = new RelpFramer();
  private state: 'new' | 'open' | 'closed' = 'new';
  private refusal: string | undefined;
  /** In the order of their frames: answers keep it. */
  private turns: Turn[] = [];
  private unheard: Sent[] = [];
  private readonly repeated: FirstRepeated | undefined;
  private gone = false;
  /** The sender ended in order, so what we wrote has been read. */
  private ended = false;

  constructor(
    private readonly socket: Socket,
    private readonly sender: Sender,
    private readonly parts: RelpParts,
    /** The sender may have waited for our start. */
    catchingUp: boolean,
  ) {
    if (catchingUp) this.repeated = new FirstRepeated();
  }

  get waits(): boolean {
    return this.parts.publisher.stalled || this.socket.writableLength > MAX_UNREAD_ANSWERS;
  }

  get owes(): boolean {
    return this.turns.length > 0;
  }

  push(chunk: Buffer): string | undefined {
    this.hear(Date.now() - HEARD_AFTER_MS);
    const turn: Turn = {
      text: '',
      settled: false,
      receipt: new Receipt(() => {
        turn.settled = true;
        this.answer();
      }),
    };
    this.turns.push(turn);
    let events = 0;
    const error = this.framer.push(chunk, (txnr, command, data, truncated) => {
      if (this.state === 'closed' || this.refusal !== undefined) return;
      if (command === 'syslog' && this.state === 'open') {
        events++;
        if (this.repeated?.takes(data)) metrics.redelivered.inc();
        else this.parts.intake.receive(data, truncated, this.sender, turn.receipt);
        turn.text += relpResponse(txnr, '200 OK');
      } else turn.text += this.control(txnr, command, data);
    });
    if (events > 0) metrics.received.inc({ transport: 'relp' }, events);
    turn.receipt.seal();
    return error?.message ?? this.refusal;
  }

  end(by: 'sender' | 'us'): void {
    if (by === 'sender') this.ended = true;
    else if (this.state !== 'closed' && this.socket.writable) this.socket.write(RELP_SERVER_CLOSE);
  }

  closed(): void {
    this.gone = true;
    for (const { receipt } of this.turns) this.parts.inDoubt.untold(receipt);
    this.turns = [];
    if (this.ended) this.hear(Infinity);
    for (const { receipt } of this.unheard) this.parts.inDoubt.untold(receipt);
    this.unheard = [];
  }

  /** Answers a command that is no event. */
  private control(txnr: number, command: string, data: Buffer): string {
    // A number of 0 marks a hint, which nobody answers.
    if (txnr === 0) return '';
    if (!isCommand(command)) return relpResponse(txnr, '500 command not supported');
    if (command === 'open' && this.state === 'new') {
      const { ok, data: offers } = answerRelpOffers(data);
      if (ok) this.state = 'open';
      else this.refusal = offers;
      return relpResponse(txnr, offers);
    }
    if (command === 'close') {
      this.state = 'closed';
      this.ended = true;
      return relpResponse(txnr, '200 OK') + RELP_SERVER_CLOSE;
    }
    this.refusal = command === 'open' ? 'session is open already' : 'session is not open';
    return relpResponse(txnr, `500 ${this.refusal}`);
  }

  /** Sends what is due: the answers of the turns that Redis has whole, up to the first that it has not. */
  private answer(): void {
    const due: Receipt[] = [];
    let text = '';
    while (this.turns[0]?.settled) {
      const turn = this.turns.shift();
      if (turn === undefined || turn.text === '') continue;
      text += turn.text;
      due.push(turn.receipt);
    }
    if (text === '' || this.gone) return;
    this.socket.write(text, (error) => {
      const at = Date.now();
      for (const receipt of due) {
        if (error || (this.gone && !this.ended)) this.parts.inDoubt.untold(receipt);
        else if (this.gone) this.parts.inDoubt.told(receipt);
        else this.unheard.push({ receipt, at });
      }
    });
    if (this.state === 'closed' && !this.owes) this.socket.end();
  }

  /** Answers given until `until`, epoch ms, have been heard. */
  private hear(until: number): void {
    let next = this.unheard[0];
    while (next !== undefined && next.at <= until) {
      this.parts.inDoubt.told(next.receipt);
      this.unheard.shift();
      next = this.unheard[0];
    }
  }
}
