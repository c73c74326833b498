/** A value of OTLP's AnyValue, as JSON has it. Bytes are base64; integers too large for a number are text. */
export type OtlpValue = string | number | boolean | null | OtlpValue[] | { [name: string]: OtlpValue };

/** One log record, with what its resource and scope say. */
export interface OtlpRecord {
  /** The record as it was sent. */
  content: Buffer;
  /** Epoch ms. */
  timeMs: number | undefined;
  observedMs: number | undefined;
  severityNumber: number;
  severityText: string;
  body: OtlpValue;
  attributes: Record<string, OtlpValue>;
  resource: Record<string, OtlpValue>;
  /** Name of the instrumentation scope. */
  scope: string;
  /** Lower-case hex; empty when there is none. */
  traceId: string;
  spanId: string;
}

export interface OtlpLogs {
  records: OtlpRecord[];
  /** Records that could not be read. */
  rejected: number;
}

/** Deepest nesting of lists and maps in a value. */
export const MAX_VALUE_DEPTH = 32;

/** Epoch nanoseconds as text or bigint → ms; undefined for 0, which means unknown, and for what a date can't hold. */
export function msOfNanos(nanos: string | number | bigint): number | undefined {
  const ms = Number(nanos) / 1e6;
  return Number.isFinite(ms) && ms >= 1 && ms <= 253_402_300_799_999 ? Math.round(ms) : undefined;
}

/** Without a prototype and by definition, so that no name means anything but itself. */
export function recordFrom(entries: Iterable<readonly [string, OtlpValue]>): Record<string, OtlpValue> {
  return Object.fromEntries(entries);
}
