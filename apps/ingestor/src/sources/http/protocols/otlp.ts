import type { IncomingHttpHeaders } from 'node:http';
import { isJsonRecord, type JsonRecord } from '@parapet/normalize';
import { jsonAnswer, refusalHeaders, REFUSALS, type Answer, type Refusal } from '../answer.js';
import type { Item, Metadata } from '../item.js';
import { MAX_ITEMS, type HttpProtocol, type IngestRequest, type Outcome } from '../protocol.js';
import type { OtlpRecord } from './otlp-record.js';
import { readOtlpJson } from './otlp-json.js';
import { readOtlpProtobuf } from './otlp-protobuf.js';
import { bytesField, int64Field } from './protobuf-writer.js';

// OTLP/HTTP 1.x (opentelemetry.io/docs/specs/otlp), logs alone.

const PROTOBUF = 'application/x-protobuf';
const OPEN_BRACE = 123;
const typeOf = (headers: IncomingHttpHeaders) =>
  (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
/** JSON by its type, or by its first byte where the type says neither (curl's default); with that byte no request of ours begins in protobuf. */
const isProtobuf = (headers: IncomingHttpHeaders, body?: Buffer): boolean => {
  const type = typeOf(headers);
  return type === PROTOBUF || (type !== 'application/json' && body?.[0] !== OPEN_BRACE);
};
const protobuf = (status: number, body: Buffer, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': PROTOBUF, ...headers },
  body,
});

/** OTLP's severity numbers (1 trace, 5 debug, 9 info, 13 warn, 17 error, 21 fatal). */
function severityOf(number: number): Metadata['severity'] {
  if (number >= 21) return 'critical';
  if (number >= 17) return 'high';
  return number >= 13 ? 'medium' : undefined;
}

/** The names of ECS for what OTLP has names of its own for; attributes follow ECS by themselves. */
function besides({ severityText, traceId, spanId, resource, scope, attributes }: OtlpRecord): JsonRecord {
  return {
    ...resource,
    ...attributes,
    ...(severityText === '' ? {} : { 'log.level': severityText.toLowerCase() }),
    ...(traceId === '' ? {} : { 'trace.id': traceId }),
    ...(spanId === '' ? {} : { 'span.id': spanId }),
    ...(scope === '' ? {} : { 'log.logger': scope }),
  };
}

function itemOf(record: OtlpRecord): Item {
  const { body, content } = record;
  const meta: Metadata = {
    time: record.timeMs,
    observed: record.observedMs,
    severity: severityOf(record.severityNumber),
    fields: besides(record),
  };
  if (isJsonRecord(body))
    return { kind: 'record', content, record: body, original: JSON.stringify(body), meta };
  const line = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  return { kind: 'line', content: Buffer.from(line), meta };
}

function accepted(rejected: number, binary: boolean): Answer {
  const message = 'log records that are no JSON of a log record';
  if (!binary)
    return jsonAnswer(
      200,
      rejected === 0
        ? {}
        : { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage: message } },
    );
  const partial = Buffer.concat([int64Field(1, rejected), bytesField(2, Buffer.from(message))]);
  return protobuf(200, rejected === 0 ? Buffer.alloc(0) : bytesField(1, partial));
}

/** google.rpc.Status: code and message. */
function failed(status: number, code: number, message: string, binary: boolean, headers = {}): Answer {
  if (!binary) return jsonAnswer(status, { code, message }, headers);
  const body = Buffer.concat([int64Field(1, code), bytesField(2, Buffer.from(message))]);
  return protobuf(status, body, headers);
}

const INVALID_ARGUMENT = 3;

function logs({ body, headers }: IngestRequest): Outcome {
  const binary = isProtobuf(headers, body);
  const read = binary ? readOtlpProtobuf(body, MAX_ITEMS) : readOtlpJson(body, MAX_ITEMS);
  if (read === 'too_many') return { answer: () => refuse('too_large', headers) };
  if (read === 'malformed')
    return {
      answer: () => failed(400, INVALID_ARGUMENT, 'not an ExportLogsServiceRequest', binary),
    };
  return { items: read.records.map(itemOf), answer: () => accepted(read.rejected, binary) };
}

/** google.rpc.Code by HTTP status. */
const CODES: Readonly<Record<number, number>> = { 401: 16, 403: 7, 404: 5, 429: 8, 500: 13, 503: 14 };

function refuse(refusal: Refusal, headers: IncomingHttpHeaders): Answer {
  const { status, title } = REFUSALS[refusal];
  return failed(
    status,
    CODES[status] ?? INVALID_ARGUMENT,
    title,
    isProtobuf(headers),
    refusalHeaders(refusal),
  );
}

/** The OpenTelemetry protocol's logs. */
export const otlp: HttpProtocol = {
  name: 'otlp',
  routes: [{ methods: ['POST'], path: /^\/v1\/logs\/?$/, handle: logs }],
  refuse,
};
