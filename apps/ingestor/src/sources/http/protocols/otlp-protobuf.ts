import { MAX_VALUE_DEPTH, msOfNanos, recordFrom } from './otlp-record.js';
import type { OtlpLogs, OtlpRecord, OtlpValue } from './otlp-record.js';
import { ProtobufError, protobufFields, WIRE, type ProtobufField } from './protobuf-reader.js';

// Field numbers: opentelemetry-proto 1.x, collector/logs/v1/logs_service.proto, logs/v1/logs.proto, resource/v1/resource.proto,
// common/v1/common.proto. Unknown fields are passed over, as protobuf wants it.

/** The messages in field `number`. */
function* messages(message: Buffer, number: number): Generator<Buffer> {
  for (const field of protobufFields(message)) if (field.number === number) yield bytesOf(field);
}

function bytesOf({ wire, bytes }: ProtobufField): Buffer {
  if (wire !== WIRE.bytes) throw new ProtobufError('a message was expected');
  return bytes;
}

function double(field: ProtobufField): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(field.integer);
  return bytes.readDoubleLE();
}

/** AnyValue: string 1, bool 2, int 3, double 4, array 5, kvlist 6, bytes 7. */
function valueOf(message: Buffer, depth: number): OtlpValue {
  if (depth > MAX_VALUE_DEPTH) throw new ProtobufError('nested too deep');
  let value: OtlpValue = null;
  for (const field of protobufFields(message)) {
    if (field.number === 1) value = bytesOf(field).toString();
    else if (field.number === 2) value = field.integer !== 0n;
    else if (field.number === 3) value = integer(BigInt.asIntN(64, field.integer));
    else if (field.number === 4) value = finite(double(field));
    else if (field.number === 5)
      value = [...messages(bytesOf(field), 1)].map((one) => valueOf(one, depth + 1));
    else if (field.number === 6) value = attributesOf(bytesOf(field), 1, depth + 1);
    else if (field.number === 7) value = bytesOf(field).toString('base64');
  }
  return value;
}

function integer(value: bigint): OtlpValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** JSON has neither infinities nor NaN. */
function finite(value: number): OtlpValue {
  return Number.isFinite(value) ? value : String(value);
}

/** The KeyValue messages (key 1, value 2) in field `number`. */
function attributesOf(message: Buffer, number: number, depth: number): Record<string, OtlpValue> {
  const entries: (readonly [string, OtlpValue])[] = [];
  for (const pair of messages(message, number)) {
    let key = '';
    let value: OtlpValue = null;
    for (const field of protobufFields(pair)) {
      if (field.number === 1) key = bytesOf(field).toString();
      else if (field.number === 2) value = valueOf(bytesOf(field), depth);
    }
    entries.push([key, value]);
  }
  return recordFrom(entries);
}

const hexOf = (id: Buffer, length: number): string =>
  id.length === length && id.some((byte) => byte !== 0) ? id.toString('hex') : '';

/** LogRecord: time 1, severity number 2 and text 3, body 5, attributes 6, trace 9, span 10, observed time 11. */
function logRecord(content: Buffer, resource: OtlpRecord['resource'], scope: string): OtlpRecord {
  const record: OtlpRecord = {
    content,
    timeMs: undefined,
    observedMs: undefined,
    severityNumber: 0,
    severityText: '',
    body: null,
    attributes: attributesOf(content, 6, 0),
    resource,
    scope,
    traceId: '',
    spanId: '',
  };
  for (const field of protobufFields(content)) {
    if (field.number === 1) record.timeMs = msOfNanos(field.integer);
    else if (field.number === 2) record.severityNumber = Number(field.integer);
    else if (field.number === 3) record.severityText = bytesOf(field).toString();
    else if (field.number === 5) record.body = valueOf(bytesOf(field), 0);
    else if (field.number === 9) record.traceId = hexOf(bytesOf(field), 16);
    else if (field.number === 10) record.spanId = hexOf(bytesOf(field), 8);
    else if (field.number === 11) record.observedMs = msOfNanos(field.integer);
  }
  return record;
}

/** Name 1 of an InstrumentationScope. */
function scopeName(message: Buffer): string {
  for (const name of messages(message, 1)) return name.toString();
  return '';
}

/** An ExportLogsServiceRequest: resourceLogs 1 of resource 1 (attributes 1) and scopeLogs 2 of scope 1 and logRecords 2. */
export function readOtlpProtobuf(body: Buffer, max: number): OtlpLogs | 'malformed' | 'too_many' {
  const records: OtlpRecord[] = [];
  try {
    for (const resourceLogs of messages(body, 1)) {
      let resource: OtlpRecord['resource'] = {};
      for (const message of messages(resourceLogs, 1)) resource = attributesOf(message, 1, 0);
      for (const scopeLogs of messages(resourceLogs, 2)) {
        let scope = '';
        for (const message of messages(scopeLogs, 1)) scope = scopeName(message);
        for (const content of messages(scopeLogs, 2)) {
          if (records.length === max) return 'too_many';
          records.push(logRecord(content, resource, scope));
        }
      }
    }
  } catch (error) {
    if (error instanceof ProtobufError) return 'malformed';
    throw error;
  }
  return { records, rejected: 0 };
}
