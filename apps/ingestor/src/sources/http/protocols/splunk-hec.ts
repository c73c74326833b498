import { isJsonRecord, jsonValues } from '@parapet/normalize';
import { jsonAnswer, refusalHeaders, REFUSALS, type Answer, type Refusal } from '../answer.js';
import { MAX_RECORD_BYTES, recordOf, type Item, type Metadata } from '../item.js';
import { MAX_ITEMS, type HttpProtocol, type IngestRequest, type Outcome } from '../protocol.js';
import { ChannelCounters } from './hec-channels.js';
import { hecTime } from './hec-time.js';
import { lines } from './lines.js';

// The protocol is Splunk's HTTP Event Collector: "Format events for HTTP Event Collector", "Troubleshoot HTTP Event Collector"
// (the table of codes) and "About HTTP Event Collector Indexer Acknowledgment" of its manual.

const CODES = {
  success: [200, 0, 'Success'],
  tokenRequired: [401, 2, 'Token is required'],
  invalidAuthorization: [401, 3, 'Invalid authorization'],
  invalidToken: [403, 4, 'Invalid token'],
  noData: [400, 5, 'No data'],
  invalidFormat: [400, 6, 'Invalid data format'],
  incorrectIndex: [400, 7, 'Incorrect index'],
  failed: [500, 8, 'Internal server error'],
  busy: [503, 9, 'Server is busy'],
  channelMissing: [400, 10, 'Data channel is missing'],
  invalidChannel: [400, 11, 'Invalid data channel'],
  eventRequired: [400, 12, 'Event field is required'],
  eventBlank: [400, 13, 'Event field cannot be blank'],
  indexedFields: [400, 15, 'Error in handling indexed fields'],
  healthy: [200, 17, 'HEC is healthy'],
} as const;

function answer(name: keyof typeof CODES, more: Record<string, unknown> = {}): Answer {
  const [status, code, text] = CODES[name];
  return jsonAnswer(status, { text, code, ...more });
}

const failure = (name: keyof typeof CODES, more?: Record<string, unknown>): Outcome => ({
  answer: () => answer(name, more),
});

const CHANNEL = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The data channel of a request. Empty: none was named; undefined: it is none. */
function channelOf({ headers, query }: IngestRequest): string | undefined {
  const header = headers['x-splunk-request-channel'];
  const channel = (typeof header === 'string' ? header : undefined) ?? query.get('channel') ?? '';
  return channel === '' || CHANNEL.test(channel) ? channel.toLowerCase() : undefined;
}

const channels = new ChannelCounters();

/** Answered when Redis has the events, so that the id that a channel gets is acknowledged already. */
function taken(items: Iterable<Item>, request: IngestRequest, channel: string): Outcome {
  return {
    items,
    answer: () =>
      answer('success', channel === '' ? {} : { ackId: channels.next(`${request.keyHash} ${channel}`) }),
  };
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

/** One envelope's event, or which code it fails with. */
function envelopeItem(content: Buffer): Item | keyof typeof CODES {
  const envelope = content.length > MAX_RECORD_BYTES ? undefined : recordOf(content.toString());
  if (envelope === undefined) return 'invalidFormat';
  const { event, time, host, source, sourcetype, index, fields } = envelope;
  if (event === undefined) return 'eventRequired';
  if (event === null || event === '') return 'eventBlank';
  if (index !== undefined && index !== null && typeof index !== 'string') return 'incorrectIndex';
  if (fields !== undefined && fields !== null && !areIndexedFields(fields)) return 'indexedFields';
  const meta: Metadata = {
    time: hecTime(time),
    host: text(host),
    source: text(source),
    sourceType: text(sourcetype),
    index: text(index),
    fields: isJsonRecord(fields) ? { labels: fields } : undefined,
  };
  if (!isJsonRecord(event)) {
    const line = typeof event === 'string' ? event : JSON.stringify(event);
    return { kind: 'line', content: Buffer.from(line), meta };
  }
  const original = JSON.stringify(event);
  return { kind: 'record', content, record: event, original, meta };
}

/** Flat: names with values, or lists of values. */
function areIndexedFields(fields: unknown): boolean {
  return (
    isJsonRecord(fields) &&
    Object.values(fields).every(
      (value) => !isJsonRecord(value) && (!Array.isArray(value) || !value.some(isJsonRecord)),
    )
  );
}

/** Envelopes one after the other, with or without anything between them. All or none: what follows a broken one can't be told apart. */
function events(request: IngestRequest): Outcome {
  const channel = channelOf(request);
  if (channel === undefined) return failure('invalidChannel');
  const items: Item[] = [];
  for (const { start, end } of jsonValues(request.body)) {
    const item = end === -1 ? 'invalidFormat' : envelopeItem(request.body.subarray(start, end));
    if (typeof item === 'string') return failure(item, { 'invalid-event-number': items.length });
    if (items.length === MAX_ITEMS) return { answer: () => refuse('too_large') };
    items.push(item);
  }
  return items.length === 0 ? failure('noData') : taken(items, request, channel);
}

function* rawItems(body: Buffer, meta: Metadata): Generator<Item> {
  for (const content of lines(body)) yield { kind: 'line', content, meta };
}

/** Lines of text; what is known of them stands in the query. */
function raw(request: IngestRequest): Outcome {
  const channel = channelOf(request);
  if (channel === undefined) return failure('invalidChannel');
  const { query, body } = request;
  if (lines(body).next().done) return failure('noData');
  const meta: Metadata = {
    time: hecTime(query.get('time') ?? undefined),
    host: query.get('host') ?? undefined,
    source: query.get('source') ?? undefined,
    sourceType: query.get('sourcetype') ?? undefined,
    index: query.get('index') ?? undefined,
  };
  return taken(rawItems(body, meta), request, channel);
}

/** Whoever has an id had our answer, and that was given when Redis had the events. */
function acknowledgements(request: IngestRequest): Outcome {
  const channel = channelOf(request);
  if (channel === '') return failure('channelMissing');
  if (channel === undefined) return failure('invalidChannel');
  const acks = recordOf(request.body.toString())?.acks;
  if (
    !Array.isArray(acks) ||
    acks.length > MAX_ITEMS ||
    !acks.every((id) => Number.isSafeInteger(id) && id >= 0)
  )
    return failure('invalidFormat');
  return {
    answer: () => jsonAnswer(200, { acks: Object.fromEntries(acks.map((id) => [String(id), true])) }),
  };
}

const REFUSED: Partial<Record<Refusal, keyof typeof CODES>> = {
  no_credentials: 'tokenRequired',
  bad_scheme: 'invalidAuthorization',
  bad_key: 'invalidToken',
  broken_body: 'invalidFormat',
  unavailable: 'busy',
  failed: 'failed',
};

function refuse(refusal: Refusal): Answer {
  const name = REFUSED[refusal];
  const { status, title } = REFUSALS[refusal];
  const answered =
    name !== undefined
      ? answer(name)
      : // Over quota is a 429 as everywhere, with the words that its clients know.
        jsonAnswer(status, status === 429 ? { text: 'Server is busy', code: 9 } : { text: title, code: 6 });
  return { ...answered, headers: { ...answered.headers, ...refusalHeaders(refusal) } };
}

export const splunkHec: HttpProtocol = {
  name: 'splunk_hec',
  routes: [
    { methods: ['POST'], path: /^\/services\/collector(?:\/event(?:\/1\.0)?)?\/?$/, handle: events },
    { methods: ['POST'], path: /^\/services\/collector\/raw(?:\/1\.0)?\/?$/, handle: raw },
    { methods: ['POST'], path: /^\/services\/collector\/ack(?:\/1\.0)?\/?$/, handle: acknowledgements },
    {
      // Docker's log driver asks so, without its token, whether it has a collector before it (moby, daemon/logger/splunk).
      methods: ['OPTIONS'],
      path: /^\/services\/collector(?:\/(?:event|raw))?(?:\/1\.0)?\/?$/,
      open: true,
      handle: () => ({ answer: () => ({ status: 200, headers: { allow: 'OPTIONS, POST' }, body: '' }) }),
    },
    {
      methods: ['GET'],
      path: /^\/services\/collector\/health(?:\/1\.0)?\/?$/,
      open: true,
      handle: () => failure('healthy'),
    },
  ],
  refuse,
};
