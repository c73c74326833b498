// bench/parse: lines a second by decoder on one core. See README.md beside this file.
// Usage: node bench/parse/run.mjs [--only sshd,nginx] [--ms 300] [--crowdsec FILE]
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Enricher } from '../../apps/ingestor/dist/pipeline/enricher.js';
import { identify } from '../../apps/ingestor/dist/pipeline/intake.js';
import { takeToken } from '../../apps/ingestor/dist/pipeline/structured-token.js';
import { DECODERS, parseFrame, SyslogStreamFramer } from '../../libs/normalize/dist/index.js';
import { specLines } from '../lib/spec-lines.mjs';
import { sshdLines } from '../lib/sshd-lines.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    ms: { type: 'string', default: '300' },
    crowdsec: {
      type: 'string',
      default: join(dirname(root), 'shared/testdata/normalize/crowdsec_lines.jsonl'),
    },
  },
});
const MS = Number(options.ms);
/** What a socket hands out at once. */
const CHUNK_BYTES = 65_536;
const LINES_A_SET = 2000;
const LONGEST_LINE = 4096;

const enricher = Enricher.open({});
const route = { tenantId: 't', tenantSlug: 't', sourceId: 's', timeZone: 'UTC', identity: 'address' };
const sender = { address: '127.0.1.10', transport: 'tcp' };

/** What the ingestor does to a frame between the socket and the batch. */
function read(frame, truncated, sourceType, now) {
  takeToken(frame);
  const event = parseFrame(frame, {
    receivedAt: now,
    timeZone: route.timeZone,
    sourceType,
    transport: 'tcp',
    authenticated: false,
    truncated,
  });
  identify(event, now, route, sender);
  enricher.enrich(event);
  return event;
}

/** Octet-counted frames of the lines, again and again, cut where a socket would. */
function chunksOf(lines) {
  const frames = Array.from({ length: LINES_A_SET }, (_, i) => {
    const line = lines[i % lines.length];
    return Buffer.from(`${Buffer.byteLength(line)} ${line}`);
  });
  const bytes = Buffer.concat(frames);
  const chunks = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    chunks.push(Buffer.from(bytes.subarray(at, at + CHUNK_BYTES)));
  return chunks;
}

let kept; // the event is used, so that making it can't be optimised away
function pass({ chunks, sourceType }) {
  const framer = new SyslogStreamFramer();
  let count = 0;
  const onFrame = (frame, truncated) => {
    kept = read(frame, truncated, sourceType, Date.now());
    count++;
  };
  for (const chunk of chunks) framer.push(chunk, onFrame);
  return count;
}

/** Lines a second of CPU time, the garbage collector's threads included: the median of five runs. */
function measure(set) {
  const rates = Array.from({ length: 5 }, () => {
    let count = 0;
    let took = 0;
    const began = process.cpuUsage();
    do {
      count += pass(set);
      const { user, system } = process.cpuUsage(began);
      took = (user + system) / 1e6;
    } while (took < MS / 5000);
    return count / took;
  });
  return rates.sort((a, b) => a - b)[2];
}

const decodes = (text, sourceType, name) => {
  const event = read(Buffer.from(text), false, sourceType, Date.now());
  return (
    event['labels.decoder'] === name &&
    event['labels.parse_error'] === undefined &&
    event['event.action'] !== undefined
  );
};

/** The spec lines that the decoder reads: as they stand, behind its program's header, or as a typed source's. */
function linesOf(decoder, spec) {
  const found = [];
  const program = decoder.programs[0];
  for (const { text } of spec) {
    if (text.length > LONGEST_LINE || text.includes('\n')) continue;
    const framed = `<38>Nov 20 20:00:00 host ${program}[4711]: ${text}`;
    if (decodes(text, 'auto', decoder.name)) found.push(text);
    else if (program !== undefined && decodes(framed, 'auto', decoder.name)) found.push(framed);
  }
  if (found.length > 0) return { name: decoder.name, lines: found, sourceType: 'auto' };
  // Asked for, a decoder of JSON takes any record: only those of a spec that speaks of it are its own.
  const typed = spec
    .filter((line) => line.spec.includes(`'${decoder.name}'`))
    .map(({ text }) => text)
    .filter((text) => text.length <= LONGEST_LINE && !text.includes('\n'))
    .filter((text) => decodes(text, decoder.name, decoder.name));
  return { name: decoder.name, lines: typed, sourceType: decoder.name };
}

function crowdsecSet() {
  if (!existsSync(options.crowdsec)) return [];
  const lines = readFileSync(options.crowdsec, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((row) => JSON.parse(row).raw)
    .filter((line) => typeof line === 'string' && line.length <= LONGEST_LINE);
  return [{ name: '(crowdsec)', lines, sourceType: 'auto' }];
}

const BSD = 'Nov 20 20:00:00 web-1';
const wanted = options.only?.split(',');
const spec = wanted?.every((name) => name.startsWith('(')) ? [] : specLines();
const sets = [
  { name: '(sshd RFC 5424)', lines: sshdLines(LINES_A_SET, { at: new Date() }), sourceType: 'auto' },
  {
    name: '(sshd RFC 3164)',
    lines: sshdLines(LINES_A_SET).map((line) =>
      line.replace(/^<38>1 \S+ \S+ sshd (\d+) - - /, `<38>${BSD} sshd[$1]: `),
    ),
    sourceType: 'auto',
  },
  {
    name: '(stranger RFC 5424)',
    lines: Array.from(
      { length: 50 },
      (_, i) =>
        `<14>1 2026-11-20T20:00:00Z app-1 shop 71 - - order ${i} of customer ${i * 7} was paid in ${i} ms`,
    ),
    sourceType: 'auto',
  },
  {
    name: '(stranger no header)',
    lines: Array.from({ length: 50 }, (_, i) => `order ${i} of customer ${i * 7} was paid in ${i} ms`),
    sourceType: 'auto',
  },
  ...crowdsecSet(),
  ...(spec.length === 0 ? [] : DECODERS).map((decoder) => linesOf(decoder, spec)),
].filter(({ name }) => wanted === undefined || wanted.includes(name));

for (const set of sets) if (set.lines.length > 0) set.chunks = chunksOf(set.lines);
// A process that has seen every format, as in production: what V8 learnt from one format alone does not count.
const measured = sets.filter(({ chunks }) => chunks !== undefined);
for (let round = 0; round < 3; round++) for (const set of measured) pass(set);

const print = (...columns) =>
  process.stdout.write(
    `${columns[0].padEnd(28)}${columns
      .slice(1)
      .map((c) => String(c).padStart(12))
      .join('')}\n`,
  );
print('decoder', 'lines', 'bytes', 'lines/s', 'µs a line');
for (const set of measured) {
  const rate = measure(set);
  const bytes = set.lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / set.lines.length;
  print(
    set.name,
    set.lines.length,
    bytes.toFixed(0),
    Math.round(rate).toLocaleString('en'),
    (1e6 / rate).toFixed(2),
  );
}
const without = sets.filter(({ chunks }) => chunks === undefined).map(({ name }) => name);
if (without.length > 0) print(`no lines in the specs: ${without.join(', ')}`);
if (kept === undefined) process.exitCode = 1;
