import { MAX_FRAME_BYTES } from './framing.js';

/**
 * RELP, the Reliable Event Logging Protocol of rsyslog (librelp's doc/relp.html): frames
 * `TXNR SP COMMAND SP DATALEN [SP DATA] LF`, each answered by a `rsp` frame of the same number.
 */
const MAX_TXNR_DIGITS = 9;
const MAX_COMMAND_BYTES = 32;
const MAX_LENGTH_DIGITS = 9;
/** An announced length above this is not a long message but a broken or hostile sender. */
const MAX_ANNOUNCED_BYTES = 16 * 1024 * 1024;

const LF = 10;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;

/** Why a connection can't be read on. */
export interface RelpError {
  reason: 'txnr' | 'command' | 'length_too_large' | 'length' | 'trailer';
  message: string;
}

const ERRORS: Record<RelpError['reason'], string> = {
  txnr: `transaction number is not 1 to ${MAX_TXNR_DIGITS} digits`,
  command: `command is not 1 to ${MAX_COMMAND_BYTES} letters`,
  length_too_large: `data length above ${MAX_ANNOUNCED_BYTES} bytes`,
  length: 'data length is no number',
  trailer: 'frame does not end where its length says',
};

/** `data` is a view into what was pushed where that holds it whole; the receiver may change but not keep it. */
export type OnRelpFrame = (txnr: number, command: string, data: Buffer, truncated: boolean) => void;

type Part = 'txnr' | 'command' | 'length' | 'data' | 'trailer';

/** Cuts one connection's bytes into RELP frames. Memory is bounded by the limit, whatever length is announced. */
export class RelpFramer {
  private part: Part = 'txnr';
  private error: RelpError | undefined;
  private txnr = 0;
  private command = '';
  private length = 0;
  /** Digits of the number that is being read. */
  private digits = 0;
  private missing = 0;
  private held = Buffer.alloc(0);
  private heldLength = 0;
  /** Data that lies whole in the chunk being read, until its trailer is seen. */
  private view: Buffer | undefined;

  /** `limit`: bytes of data that are kept of a frame; the rest is read through and the frame flagged. */
  constructor(private readonly limit: number = MAX_FRAME_BYTES) {}

  /** Whether bytes of an unfinished frame have been read. */
  get inFrame(): boolean {
    return this.part !== 'txnr' || this.digits > 0;
  }

  /** Takes the next bytes. An error means that the caller should close the connection; further pushes repeat it. */
  push(chunk: Buffer, onFrame: OnRelpFrame): RelpError | undefined {
    let at = 0;
    while (at < chunk.length && this.error === undefined) {
      if (this.part === 'data') at = this.readData(chunk, at);
      else this.readByte(chunk[at++] ?? 0, onFrame);
    }
    if (this.view !== undefined) {
      this.hold(this.view, 0, this.view.length);
      this.view = undefined;
    }
    return this.error;
  }

  private readByte(code: number, onFrame: OnRelpFrame): void {
    if (this.part === 'txnr') this.readTxnr(code);
    else if (this.part === 'command') this.readCommand(code);
    else if (this.part === 'length') this.readLength(code, onFrame);
    else this.readTrailer(code, onFrame);
  }

  private readTxnr(code: number): void {
    if (isDigit(code) && this.digits < MAX_TXNR_DIGITS) {
      this.txnr = this.txnr * 10 + code - ZERO;
      this.digits++;
    } else if (code === SPACE && this.digits > 0) {
      this.part = 'command';
      this.command = '';
    } else this.fail('txnr');
  }

  private readCommand(code: number): void {
    if (isLetter(code) && this.command.length < MAX_COMMAND_BYTES) {
      this.command += String.fromCharCode(code);
    } else if (code === SPACE && this.command !== '') {
      this.part = 'length';
      this.digits = 0;
      this.length = 0;
    } else this.fail('command');
  }

  private readLength(code: number, onFrame: OnRelpFrame): void {
    if (isDigit(code)) {
      this.length = this.length * 10 + code - ZERO;
      if (++this.digits > MAX_LENGTH_DIGITS || this.length > MAX_ANNOUNCED_BYTES)
        this.fail('length_too_large');
    } else if (code === SPACE && this.digits > 0) {
      this.missing = this.length;
      this.part = this.length === 0 ? 'trailer' : 'data';
    } else if (code === LF && this.digits > 0 && this.length === 0) {
      this.finishFrame(onFrame);
    } else this.fail('length');
  }

  private readData(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.missing);
    if (this.heldLength === 0 && end - at === this.length && this.length <= this.limit)
      this.view = chunk.subarray(at, end);
    else this.hold(chunk, at, end);
    this.missing -= end - at;
    if (this.missing === 0) this.part = 'trailer';
    return end;
  }

  private readTrailer(code: number, onFrame: OnRelpFrame): void {
    if (code === LF) this.finishFrame(onFrame);
    else this.fail('trailer');
  }

  private finishFrame(onFrame: OnRelpFrame): void {
    const data = this.view ?? this.held.subarray(0, this.heldLength);
    const { txnr, command, length } = this;
    this.view = undefined;
    this.held = Buffer.alloc(0);
    this.heldLength = 0;
    this.part = 'txnr';
    this.txnr = 0;
    this.digits = 0;
    onFrame(txnr, command, data, length > this.limit);
  }

  private fail(reason: RelpError['reason']): void {
    this.error = { reason, message: ERRORS[reason] };
    this.held = Buffer.alloc(0);
    this.heldLength = 0;
    this.view = undefined;
  }

  /** Copies bytes to the held data, up to the limit. */
  private hold(chunk: Buffer, from: number, end: number): void {
    const take = Math.min(end - from, this.limit - this.heldLength);
    const needed = this.heldLength + take;
    if (needed > this.held.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.limit, Math.max(needed, this.held.length * 2, 256)));
      this.held.copy(grown, 0, 0, this.heldLength);
      this.held = grown;
    }
    chunk.copy(this.held, this.heldLength, from, from + take);
    this.heldLength = needed;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}

const SOFTWARE = 'relp_software=parapet';
const MAX_OFFERS = 32;

/** A `rsp` frame. `data`: "200 OK" or "500 reason", and what the command adds on lines of its own. */
export function relpResponse(txnr: number, data: string): string {
  return `${txnr} rsp ${Buffer.byteLength(data)} ${data}\n`;
}

/** Tells the client that we close; it is no answer, so its number is 0. */
export const RELP_SERVER_CLOSE = '0 serverclose 0\n';

/** The data of the answer to `open`, or why the session can't be: the client offers no version or no `syslog`. */
export function answerRelpOffers(data: Buffer): { ok: boolean; data: string } {
  const offers = new Map<string, string>();
  for (const line of data.toString('latin1', 0, 4096).split('\n').slice(0, MAX_OFFERS)) {
    const at = line.indexOf('=');
    if (at > 0) offers.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  const version = offers.get('relp_version');
  if (version !== '0' && version !== '1') return { ok: false, data: '500 relp_version 0 or 1 is required' };
  const commands = (offers.get('commands') ?? '').split(',').map((command) => command.trim());
  if (!commands.includes('syslog')) return { ok: false, data: '500 command syslog is required' };
  return { ok: true, data: `200 OK\nrelp_version=${version}\n${SOFTWARE}\ncommands=syslog` };
}
