// What every frame goes through, and what must hold of what comes out.
import { takeToken } from '../../apps/ingestor/dist/pipeline/structured-token.js';
import {
  isJsonRecord,
  parseFrame,
  parseRecord,
  readProxyHeader,
  RelpFramer,
  SyslogStreamFramer,
} from '../../libs/normalize/dist/index.js';
import { MAX_FRAME_BYTES } from './mutate.mjs';

const RECEIVED_AT = Date.parse('2026-11-20T20:00:00Z');
const SEVERITIES = new Set(['critical', 'high', 'medium', 'low', 'info']);
/** A record may bring its own fields, but not without end. */
const MAX_FIELDS = 2000;

const contextOf = (sourceType) => ({
  receivedAt: RECEIVED_AT,
  timeZone: 'Europe/Vienna',
  sourceType,
  transport: 'tcp',
});

/** PostgreSQL's text holds no NUL, and its jsonb no half of a surrogate pair. */
function checkText(where, text) {
  if (text.includes('\0')) throw new Error(`NUL in ${where}`);
  if (!text.isWellFormed()) throw new Error(`half of a surrogate pair in ${where}`);
}

function checkValue(name, value, depth = 0) {
  if (typeof value === 'string') checkText(name, value);
  else if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${name} is ${value}`);
  else if (Array.isArray(value)) for (const one of value) checkValue(name, one, depth + 1);
  else if (typeof value === 'object' && value !== null) {
    if (depth > 8) throw new Error(`${name} is nested`);
    for (const [key, one] of Object.entries(value)) checkValue(`${name}.${key}`, one, depth + 1);
  }
}

export function checkEvent(event) {
  const entries = Object.entries(event);
  if (entries.length > MAX_FIELDS) throw new Error(`${entries.length} fields`);
  for (const [name, value] of entries) {
    checkText('a field’s name', name);
    checkValue(name, value);
  }
  if (!Number.isFinite(event['@timestamp'])) throw new Error('no time');
  if (event['@timestamp'] > RECEIVED_AT + 300_000) throw new Error('a time ahead of receipt');
  if (typeof event.message !== 'string' || typeof event['event.original'] !== 'string')
    throw new Error('no message');
  if (!SEVERITIES.has(event['event.severity'])) throw new Error('no severity');
  for (const side of ['source.ip', 'destination.ip']) {
    if (event[side] !== undefined && !/^[0-9a-f.:]{2,39}$/.test(event[side]))
      throw new Error(`${side} is ${event[side]}`);
  }
}

/** Hands the bytes to a framer in pieces, as a network does. */
function inPieces(bytes, random, push) {
  for (let at = 0; at < bytes.length;) {
    const end = random() < 0.5 ? bytes.length : at + 1 + Math.floor(random() * (bytes.length - at));
    if (push(bytes.subarray(at, end)) !== undefined) return;
    at = end;
  }
}

function checkSize(total, frame, given) {
  if (frame.length > MAX_FRAME_BYTES) throw new Error(`a frame of ${frame.length} bytes`);
  if (total > given) throw new Error('more bytes came out than went in');
}

function syslogStream(bytes, random) {
  const dice = random();
  const length = dice < 0.8 ? bytes.length : Math.floor(random() * 2 * bytes.length);
  const stream =
    random() < 0.5
      ? Buffer.concat([Buffer.from(`${length} `), bytes, Buffer.from(`${bytes.length} `), bytes])
      : Buffer.concat([bytes, Buffer.from('\n'), bytes]);
  const framer = new SyslogStreamFramer();
  let total = 0;
  const onFrame = (frame) => checkSize((total += frame.length), frame, stream.length + 10);
  inPieces(stream, random, (piece) => framer.push(piece, onFrame));
  framer.end(onFrame);
}

function relpStream(bytes, random) {
  const length = random() < 0.8 ? bytes.length : Math.floor(random() * 2 * bytes.length);
  const stream =
    random() < 0.9
      ? Buffer.concat([Buffer.from(`1 syslog ${length} `), bytes, Buffer.from('\n2 close 0\n')])
      : bytes;
  const framer = new RelpFramer();
  let total = 0;
  inPieces(stream, random, (piece) =>
    framer.push(piece, (_number, _command, data) => checkSize((total += data.length), data, stream.length)),
  );
}

const V2 = Buffer.from('0d0a0d0a000d0a515549540a21110000', 'hex');

function proxyHeader(bytes, random) {
  const dice = random();
  let header = bytes;
  if (dice < 0.4) header = Buffer.concat([Buffer.from('PROXY TCP4 203.0.113.9 192.0.2.1 1 2\r\n'), bytes]);
  else if (dice < 0.8) {
    header = Buffer.concat([V2, bytes]);
    header.writeUInt16BE(Math.floor(random() * 300), 14);
  }
  if (random() < 0.5)
    header[Math.floor(random() * Math.min(header.length, 60))] ^= 1 << Math.floor(random() * 8);
  const read = readProxyHeader(header);
  if (read.kind === 'header' && read.length > header.length)
    throw new Error('a header longer than the bytes');
}

function record(bytes, type) {
  let value;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
  return isJsonRecord(value) ? parseRecord(value, bytes.toString(), contextOf(type)) : undefined;
}

/** The framers and the PROXY header. Their time is that of copying; they are not clocked. */
export function throughStreams({ bytes, random }) {
  syslogStream(bytes, random);
  relpStream(bytes, random);
  proxyHeader(bytes, random);
}

/** One line through the token, header and decoders, as the source's type says: what is clocked. */
export function throughDecoders(bytes, type) {
  const copy = Buffer.from(bytes);
  takeToken(copy);
  return parseFrame(copy, contextOf(type));
}

export const asRecord = ({ bytes, type }) => record(bytes, type);
