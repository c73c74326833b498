import { isJsonRecord, jsonStart, jsonValues, listStart, splitText } from '@parapet/normalize';
import { jsonAnswer, problemAnswer } from '../answer.js';
import { MAX_RECORD_BYTES, recordOf, type Item } from '../item.js';
import type { HttpProtocol, IngestRequest, Outcome } from '../protocol.js';
import { lines } from './lines.js';

/** Rejections that are listed; all are counted. */
const MAX_LISTED = 1000;
const OPEN_BRACE = 123;
const OPEN_BRACKET = 91;

/** What of a request could not be taken, and why. */
class Rejections {
  count = 0;
  readonly listed: { index: number; reason: string }[] = [];

  add(index: number, reason: string): void {
    this.count++;
    if (this.listed.length < MAX_LISTED) this.listed.push({ index, reason });
  }
}

/** One JSON object a line. */
function* jsonLines(body: Buffer, rejections: Rejections): Generator<Item> {
  let index = -1;
  for (const content of lines(body)) {
    index++;
    const item = recordItem(content);
    if (typeof item === 'string') rejections.add(index, item);
    else yield item;
  }
}

/** JSON objects one after the other, or in one array, over any number of lines. */
function* jsonDocuments(body: Buffer, rejections: Rejections): Generator<Item> {
  let index = -1;
  for (const { start, end } of jsonValues(body)) {
    index++;
    const item =
      end === -1 ? 'not well-formed JSON; nothing after it was read' : recordItem(body.subarray(start, end));
    if (typeof item === 'string') rejections.add(index, item);
    else yield item;
  }
}

/** The item, or why there is none. */
function recordItem(content: Buffer): Item | string {
  if (content.length > MAX_RECORD_BYTES)
    return listStart(content) === undefined ? 'longer than 1 MiB' : { kind: 'line', content };
  const original = content.toString();
  const record = recordOf(original);
  if (record !== undefined) return { kind: 'record', content, record, original };
  // Several on a line: they are taken apart when they are handed on.
  if (splitText(content) !== undefined) return { kind: 'line', content };
  return isJsonText(original) ? 'not a JSON object' : 'not well-formed JSON';
}

function isJsonText(text: string): boolean {
  try {
    return !isJsonRecord(JSON.parse(text));
  } catch {
    return false;
  }
}

function* textLines(body: Buffer): Generator<Item> {
  for (const content of lines(body)) yield { kind: 'line', content };
}

function itemsOf({ body, headers }: IngestRequest, rejections: Rejections): Iterable<Item> {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'text/plain') return textLines(body);
  const first = body[jsonStart(body)];
  if (first === OPEN_BRACKET || type === 'application/json') return jsonDocuments(body, rejections);
  // curl says application/x-www-form-urlencoded of whatever it sends.
  if (first === OPEN_BRACE || type === 'application/x-ndjson' || type === 'application/ndjson')
    return jsonLines(body, rejections);
  return textLines(body);
}

function ingest(request: IngestRequest): Outcome {
  const rejections = new Rejections();
  return {
    items: itemsOf(request, rejections),
    answer: (accepted) => {
      const { listed: rejected, count } = rejections;
      const answer = { accepted, rejected, ...(count > rejected.length ? { rejectedCount: count } : {}) };
      return jsonAnswer(accepted === 0 ? 400 : 200, answer);
    },
  };
}

const health: HttpProtocol['routes'][number] = {
  methods: ['GET'],
  path: /^\/health$/,
  open: true,
  handle: () => ({ answer: () => jsonAnswer(200, { status: 'ok' }) }),
};

/** Parapet's own: NDJSON, JSON, or lines of text. */
export const native: HttpProtocol = {
  name: 'ingest',
  routes: [{ methods: ['POST'], path: /^\/ingest$/, handle: ingest }, health],
  refuse: problemAnswer,
};
