import { isJsonRecord, nextJson, type JsonRecord } from '@parapet/normalize';
import { recordOf } from '../item.js';
import { MAX_VALUE_DEPTH, msOfNanos, recordFrom } from './otlp-record.js';
import type { OtlpLogs, OtlpRecord, OtlpValue } from './otlp-record.js';

// Protobuf's JSON mapping with OTLP's exceptions: ids are hex, enums numbers, names lowerCamelCase, 64-bit integers text or numbers.

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const hexOf = (value: unknown, length: number): string => {
  const hex = textOf(value).toLowerCase();
  return hex.length === length && /^[0-9a-f]+$/.test(hex) && !/^0+$/.test(hex) ? hex : '';
};
const timeOf = (value: unknown): number | undefined =>
  typeof value === 'number' || (typeof value === 'string' && /^\d{1,20}$/.test(value))
    ? msOfNanos(value)
    : undefined;

function valueOf(value: unknown, depth: number): OtlpValue {
  if (!isJsonRecord(value) || depth > MAX_VALUE_DEPTH) return null;
  const { stringValue, boolValue, intValue, doubleValue, bytesValue, arrayValue, kvlistValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (typeof intValue === 'number' || typeof intValue === 'string') return integer(intValue);
  if (typeof doubleValue === 'number') return doubleValue;
  if (typeof bytesValue === 'string') return bytesValue;
  if (isJsonRecord(arrayValue)) return listOf(arrayValue.values).map((one) => valueOf(one, depth + 1));
  if (isJsonRecord(kvlistValue)) return attributesOf(kvlistValue.values, depth + 1);
  return null;
}

function integer(value: string | number): OtlpValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function attributesOf(list: unknown, depth: number): Record<string, OtlpValue> {
  return recordFrom(
    listOf(list)
      .filter(isJsonRecord)
      .map(({ key, value }) => [textOf(key), valueOf(value, depth)] as const),
  );
}

function logRecord(record: JsonRecord, resource: OtlpRecord['resource'], scope: string): OtlpRecord {
  return {
    content: Buffer.from(JSON.stringify(record)),
    timeMs: timeOf(record.timeUnixNano),
    observedMs: timeOf(record.observedTimeUnixNano),
    severityNumber: typeof record.severityNumber === 'number' ? record.severityNumber : 0,
    severityText: textOf(record.severityText),
    body: valueOf(record.body, 0),
    attributes: attributesOf(record.attributes, 0),
    resource,
    scope,
    traceId: hexOf(record.traceId, 32),
    spanId: hexOf(record.spanId, 16),
  };
}

/** An ExportLogsServiceRequest as JSON. */
export function readOtlpJson(body: Buffer, max: number): OtlpLogs | 'malformed' | 'too_many' {
  // Too deep is told before anything walks it.
  const request = nextJson(body, 0)?.end === -1 ? undefined : recordOf(body.toString());
  if (request === undefined || !Array.isArray(request.resourceLogs ?? [])) return 'malformed';
  const logs: OtlpLogs = { records: [], rejected: 0 };
  for (const resourceLogs of listOf(request.resourceLogs)) {
    if (!isJsonRecord(resourceLogs)) return 'malformed';
    const { resource } = resourceLogs;
    const attributes = isJsonRecord(resource) ? attributesOf(resource.attributes, 0) : {};
    for (const scopeLogs of listOf(resourceLogs.scopeLogs)) {
      if (!isJsonRecord(scopeLogs)) return 'malformed';
      const scope = isJsonRecord(scopeLogs.scope) ? textOf(scopeLogs.scope.name) : '';
      for (const record of listOf(scopeLogs.logRecords)) {
        if (logs.records.length === max) return 'too_many';
        if (isJsonRecord(record)) logs.records.push(logRecord(record, attributes, scope));
        else logs.rejected++;
      }
    }
  }
  return logs;
}
