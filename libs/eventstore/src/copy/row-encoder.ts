import { parseIp, SEVERITY_RANK, type FieldValue, type NormalizedEvent } from '@parapet/contracts';
import { EVENT_COLUMNS } from '../columns.js';
import { ECHO_BIT, ECHO_KEY, isEcho } from '../echoes.js';
import { storableJson, storableText } from '../storable.js';
import { ByteWriter } from './byte-writer.js';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const CHUNK = 256 * 1024;
const MAX_INT4 = 2_147_483_647;
const AF_INET = 2;
const AF_INET6 = 3;
/** Names that are remembered ready to write; log lines invent names, so that their number is bounded. */
const NAMES_LIMIT = 4096;
/** The label of an event in which U+0000 was replaced to store it. */
export const NUL_LABEL = 'labels.nul_replaced';

/** Bits of the fields that their column gives back exactly, so that `fields` need not repeat them. */
const BIT: Readonly<Record<string, number>> = {
  'parapet.source_id': 1,
  'event.severity': 2,
  'event.category': 4,
  'event.action': 8,
  'event.outcome': 16,
  'event.dataset': 32,
  'source.ip': 64,
  'source.port': 128,
  'destination.ip': 256,
  'destination.port': 512,
  'user.name': 1024,
  'host.name': 2048,
  'process.name': 4096,
  'source.geo.country_iso_code': 8192,
};
const ENVELOPE = 1 << 20;
const ENVELOPE_FIELDS = ['id', 'tenantId', '@timestamp', 'event.ingested', 'event.original', 'message'];
const COMMA_BYTE = 44;
const RANKS = new Map<unknown, number>(Object.entries(SEVERITY_RANK));

interface FieldName {
  bit: number;
  /** Of a field that may repeat others (echoes.ts), else 0. */
  echo: number;
  /** `"name":` */
  json: Buffer;
}

const fieldName = (name: string, bit: number): FieldName => ({
  bit,
  echo: ECHO_BIT.get(name) ?? 0,
  json: Buffer.from(`${storableJson(name)}:`),
});

/**
 * Events → the bytes of `COPY events (…) FROM STDIN (FORMAT binary)`, into buffers that are used again. One `begin`,
 * any number of `add`, one `finish`; the chunks are valid until the next `begin`.
 */
export class EventRowEncoder {
  private readonly buffers: Buffer[] = [];
  private readonly chunks: Buffer[] = [];
  private readonly writer = new ByteWriter(Buffer.alloc(0));
  private readonly names = new Map<string, FieldName>();
  private current = 0;
  private nulReplaced = false;
  rows = 0;

  constructor() {
    for (const [name, bit] of Object.entries(BIT)) this.names.set(name, fieldName(name, bit));
    for (const name of ENVELOPE_FIELDS) this.names.set(name, fieldName(name, ENVELOPE));
  }

  begin(): void {
    this.chunks.length = 0;
    this.current = -1;
    this.rows = 0;
    this.nextBuffer(CHUNK);
    this.writer.bytes(SIGNATURE);
  }

  /** Adds a row. Returns null, or why the event can't be one; then nothing was added. */
  add(event: NormalizedEvent): string | null {
    const start = this.writer.at;
    const problem = this.row(event);
    if (problem !== null) {
      this.writer.at = start;
      this.writer.overflow = false;
      return problem;
    }
    if (!this.writer.overflow) {
      this.rows++;
      return null;
    }
    this.writer.at = start;
    this.closeChunk();
    for (let size = CHUNK; ; size *= 4) {
      this.nextBuffer(size);
      this.row(event);
      if (!this.writer.overflow) break;
    }
    this.rows++;
    return null;
  }

  finish(): readonly Buffer[] {
    this.writer.int16(-1);
    this.closeChunk();
    return this.chunks;
  }

  /** Forgets the buffers: a broken connection may still hold them. */
  discard(): void {
    this.buffers.length = 0;
    this.chunks.length = 0;
  }

  private closeChunk(): void {
    const { buffer, at } = this.writer;
    if (at > 0) this.chunks.push(buffer.subarray(0, at));
    this.writer.at = 0;
  }

  private nextBuffer(size: number): void {
    // A buffer that a huge event needed is not kept: memory stays flat.
    const kept = size === CHUNK ? this.buffers[this.current + 1] : undefined;
    if (size === CHUNK) this.current++;
    const buffer = kept ?? Buffer.allocUnsafeSlow(size);
    if (size === CHUNK && kept === undefined) this.buffers.push(buffer);
    this.writer.buffer = buffer;
    this.writer.at = 0;
    this.writer.overflow = false;
  }

  private row(event: NormalizedEvent): string | null {
    const { writer } = this;
    if (!Number.isFinite(event['@timestamp']) || !Number.isFinite(event['event.ingested'])) {
      return 'its time is no number';
    }
    this.nulReplaced = false;
    let exact = 0;
    writer.int16(EVENT_COLUMNS.length);
    if (!writer.uuid(event.tenantId) || !writer.uuid(event.id)) return 'its id or its tenant is no UUID';
    writer.timestamp(event['@timestamp']);
    writer.timestamp(event['event.ingested']);
    exact |= this.source(event['parapet.source_id']);
    exact |= this.severity(event['event.severity']);
    exact |= this.column(event['event.category'], 4);
    exact |= this.column(event['event.action'], 8);
    exact |= this.column(event['event.outcome'], 16);
    exact |= this.column(event['event.dataset'], 32);
    exact |= this.address(event['source.ip'], 64);
    exact |= this.port(event['source.port'], 128);
    exact |= this.address(event['destination.ip'], 256);
    exact |= this.port(event['destination.port'], 512);
    exact |= this.column(event['user.name'], 1024);
    exact |= this.column(event['host.name'], 2048);
    exact |= this.column(event['process.name'], 4096);
    exact |= this.column(event['source.geo.country_iso_code'], 8192);
    writer.text(this.clean(event.message));
    writer.text(this.clean(event['event.original']));
    this.fields(event, exact | ENVELOPE);
    return null;
  }

  private source(value: FieldValue | undefined): number {
    if (typeof value === 'string' && this.writer.uuid(value)) return 1;
    this.writer.null();
    return 0;
  }

  private severity(value: FieldValue | undefined): number {
    const rank = RANKS.get(value);
    this.writer.int32(2);
    this.writer.int16(rank ?? SEVERITY_RANK.info);
    return rank === undefined ? 0 : 2;
  }

  /** A text column. Of a list it takes the first text, so that filters find it; `fields` keeps the list. */
  private column(value: FieldValue | undefined, bit: number): number {
    const text = Array.isArray(value) ? value[0] : value;
    if (typeof text !== 'string') {
      this.writer.null();
      return 0;
    }
    this.writer.text(this.clean(text));
    return text === value ? bit : 0;
  }

  private address(value: FieldValue | undefined, bit: number): number {
    const { writer } = this;
    const ip = typeof value === 'string' ? parseIp(value) : undefined;
    if (ip === undefined || typeof value !== 'string') {
      writer.null();
      return 0;
    }
    if (ip.version === 4) {
      writer.int32(8);
      writer.int32((AF_INET << 24) | (32 << 16) | 4);
      writer.int32(ip.w0 | 0);
      return value.includes(':') ? 0 : bit;
    }
    writer.int32(20);
    writer.int32((AF_INET6 << 24) | (128 << 16) | 16);
    writer.int32(ip.w0 | 0);
    writer.int32(ip.w1 | 0);
    writer.int32(ip.w2 | 0);
    writer.int32(ip.w3 | 0);
    // Decoders write the canonical form. A zone can't be stored in the column.
    return value.includes('%') ? 0 : bit;
  }

  private port(value: FieldValue | undefined, bit: number): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > MAX_INT4) {
      this.writer.null();
      return 0;
    }
    this.writer.int32(4);
    this.writer.int32(value);
    return bit;
  }

  private clean(text: string): string {
    if (!text.includes('\u0000')) return text;
    this.nulReplaced = true;
    return storableText(text);
  }

  /** jsonb: version 1, then text. */
  private fields(event: NormalizedEvent, exact: number): void {
    const { writer } = this;
    const start = writer.at;
    writer.at = start + 4;
    writer.byte(1);
    const open = writer.at;
    writer.byte(123);
    let echoes = 0;
    for (const name in event) {
      const known = this.names.get(name) ?? this.learn(name);
      if ((known.bit & exact) !== 0) continue;
      const value = event[name];
      if (value === undefined) continue;
      if (known.echo !== 0 && isEcho(known.echo, event)) {
        echoes |= known.echo;
        continue;
      }
      if (writer.at > open + 1) writer.byte(COMMA_BYTE);
      writer.bytes(known.json);
      this.jsonValue(value);
    }
    if (this.nulReplaced && event[NUL_LABEL] === undefined) {
      if (writer.at > open + 1) writer.byte(COMMA_BYTE);
      writer.utf8(`"${NUL_LABEL}":true`);
    }
    if (echoes !== 0) {
      if (writer.at > open + 1) writer.byte(COMMA_BYTE);
      writer.utf8(`"${ECHO_KEY}":${echoes}`);
    }
    writer.byte(125);
    const end = writer.at;
    writer.at = start;
    writer.int32(end - start - 4);
    writer.at = end;
  }

  private jsonValue(value: FieldValue): void {
    const { writer } = this;
    if (typeof value === 'string') {
      if (writer.plainJsonString(value)) return;
      if (value.includes('\u0000')) this.nulReplaced = true;
    } else if (typeof value === 'number' && value >= 0 && value <= MAX_INT4 && Number.isInteger(value)) {
      return writer.digits(value);
    }
    writer.utf8(storableJson(value));
  }

  private learn(name: string): FieldName {
    const learned = fieldName(name, 0);
    if (this.names.size < NAMES_LIMIT) this.names.set(name, learned);
    return learned;
  }
}
