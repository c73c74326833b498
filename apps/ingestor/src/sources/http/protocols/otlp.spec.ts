import protobuf from 'protobufjs';
import { readOtlpJson } from './otlp-json.js';
import { readOtlpProtobuf } from './otlp-protobuf.js';
import { otlp } from './otlp.js';

// Written by another implementation of protobuf, after the messages of opentelemetry-proto 1.x.
const { root } = protobuf.parse(`
  syntax = "proto3";
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message LogRecord { fixed64 time_unix_nano = 1; fixed64 observed_time_unix_nano = 11; int32 severity_number = 2;
    string severity_text = 3; AnyValue body = 5; repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7;
    fixed32 flags = 8; bytes trace_id = 9; bytes span_id = 10; }
  message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
  message Request { repeated ResourceLogs resource_logs = 1; }
  message PartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }
  message Response { PartialSuccess partial_success = 1; }
`);
const type = (name: string) => root.lookupType(name);
const encode = (value: object) =>
  Buffer.from(type('Request').encode(type('Request').fromObject(value)).finish());

const attributes = [
  { key: 'user.name', value: { stringValue: 'ann' } },
  { key: 'ok', value: { boolValue: true } },
  { key: 'count', value: { intValue: '-5' } },
  { key: 'large', value: { intValue: '9223372036854775807' } },
  { key: 'ratio', value: { doubleValue: 0.5 } },
  { key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }, { intValue: '2' }] } } },
  { key: 'map', value: { kvlistValue: { values: [{ key: 'in', value: { stringValue: 'y' } }] } } },
  { key: '__proto__', value: { stringValue: 'z' } },
];
const ids = { traceId: '5b8aa5a2d2c872e8321cf37308d69df2', spanId: '051581bf3cb55c13' };
/** Ids are hex in JSON and bytes in protobuf. */
const requestWith = (given: object) => ({
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'host.name', value: { stringValue: 'web-09' } }] },
      scopeLogs: [
        {
          scope: { name: 'app.shop', version: '1' },
          logRecords: [
            {
              timeUnixNano: '1763668800123456789',
              observedTimeUnixNano: '1763668801000000000',
              severityNumber: 17,
              severityText: 'ERROR',
              body: { stringValue: 'payment failed' },
              attributes,
              ...given,
            },
          ],
        },
      ],
    },
  ],
});
const request = requestWith({});

const EXPECTED = {
  timeMs: 1763668800123,
  observedMs: 1763668801000,
  severityNumber: 17,
  severityText: 'ERROR',
  body: 'payment failed',
  resource: { 'host.name': 'web-09' },
  scope: 'app.shop',
  ...ids,
};

describe('an export request', () => {
  it.each([
    ['JSON', () => readOtlpJson(Buffer.from(JSON.stringify(requestWith(ids))), 10)],
    [
      'protobuf',
      () =>
        readOtlpProtobuf(
          encode(
            requestWith({ traceId: Buffer.from(ids.traceId, 'hex'), spanId: Buffer.from(ids.spanId, 'hex') }),
          ),
          10,
        ),
    ],
  ])('as %s', (_form, read) => {
    const logs = read();
    if (typeof logs === 'string') throw new TypeError(logs);
    expect(logs.records).toMatchObject([EXPECTED]);
    const found = logs.records[0]?.attributes ?? {};
    expect(Object.entries(found)).toEqual([
      ['user.name', 'ann'],
      ['ok', true],
      ['count', -5],
      ['large', '9223372036854775807'],
      ['ratio', 0.5],
      ['list', ['x', 2]],
      ['map', { in: 'y' }],
      ['__proto__', 'z'],
    ]);
  });

  it.each([
    ['protobuf', (max: number) => readOtlpProtobuf(encode(request), max)],
    ['JSON', (max: number) => readOtlpJson(Buffer.from(JSON.stringify(request)), max)],
  ])('with too many records is refused (%s)', (_form, read) => expect(read(0)).toBe('too_many'));
});

describe('hostile protobuf', () => {
  it.each([
    ['cut off', encode(request).subarray(0, -3)],
    ['a length beyond the end', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['an integer without end', Buffer.alloc(64, 0xff)],
    ['a group', Buffer.from([0x0b])],
    ['field number 0', Buffer.from([0x02, 0x00])],
    ['text', Buffer.from('{"resourceLogs":[]}')],
    ['a number where a message belongs', Buffer.from([0x08, 0x01])],
  ])('%s is malformed', (_what, body) => expect(readOtlpProtobuf(body, 10)).toBe('malformed'));

  it('values nested too deep are malformed and do not overflow the stack', () => {
    let value: object = { stringValue: 'x' };
    for (let depth = 0; depth < 40; depth++) value = { arrayValue: { values: [value] } };
    const deep = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: value }] }] }] };
    expect(readOtlpProtobuf(encode(deep), 10)).toBe('malformed');
    const text = `{"resourceLogs":${'['.repeat(200_000)}`;
    expect(readOtlpJson(Buffer.from(text), 10)).toBe('malformed');
  });

  it('mutated requests never throw', () => {
    const good = encode(request);
    let seed = 42;
    const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
    for (let round = 0; round < 20_000; round++) {
      const bad = Buffer.from(good);
      for (let n = 0; n <= random(4); n++) bad[random(bad.length)] = random(256);
      const logs = readOtlpProtobuf(bad.subarray(0, random(2) === 0 ? bad.length : random(bad.length)), 10);
      expect(typeof logs === 'string' || logs.records.length <= 10).toBe(true);
    }
  });
});

describe('answers', () => {
  const [route] = otlp.routes;
  const answerTo = (body: string | Buffer, contentType: string) => {
    const outcome = route?.handle({
      method: 'POST',
      params: [],
      query: new URLSearchParams(),
      headers: { 'content-type': contentType },
      body: Buffer.from(body),
      keyHash: '',
      now: 0,
    });
    return outcome?.answer([...(outcome.items ?? [])].length);
  };

  it('tell what was not taken', () => {
    const body = JSON.stringify({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'a' } }, 7] }] }],
    });
    expect(JSON.parse(String(answerTo(body, 'application/json')?.body))).toMatchObject({
      partialSuccess: { rejectedLogRecords: '1' },
    });
  });

  it('are protobuf for protobuf, and JSON for what only looks like JSON', () => {
    const good = answerTo(encode(request), 'application/x-protobuf');
    expect([good?.status, good?.headers['content-type'], good?.body.length]).toEqual([
      200,
      'application/x-protobuf',
      0,
    ]);
    expect(answerTo('x', 'application/x-protobuf')?.status).toBe(400);
    expect(answerTo(JSON.stringify(request), 'application/x-www-form-urlencoded')).toMatchObject({
      status: 200,
      body: '{}',
    });
  });
});
