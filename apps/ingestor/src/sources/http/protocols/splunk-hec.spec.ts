import type { IngestRequest } from '../protocol.js';
import { ChannelCounters } from './hec-channels.js';
import { hecTime } from './hec-time.js';
import { splunkHec } from './splunk-hec.js';

const handle = (path: string, body: string | Buffer, given: Partial<IngestRequest> = {}) => {
  const route = splunkHec.routes.find((one) => one.path.test(path) && one.methods.includes('POST'));
  if (!route) throw new TypeError('no route');
  const outcome = route.handle({
    method: 'POST',
    params: [],
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from(body),
    keyHash: 'k',
    now: 0,
    ...given,
  });
  const items = [...(outcome.items ?? [])];
  const { status, body: answer } = outcome.answer(items.length);
  return { items, status, answer: JSON.parse(String(answer)) };
};

describe('time of an envelope', () => {
  it.each([
    [1763668800, 1763668800000],
    [1763668800.123, 1763668800123],
    ['1763668800.123', 1763668800123],
    [1763668800123, 1763668800123],
    ['1763668800123', 1763668800123],
    [1763668800123456, 1763668800123],
    ['1763668800123456789', 1763668800123],
    ['2025-11-20T20:00:00Z', 1763668800000],
    ['2025-11-20 21:00:00+01:00', 1763668800000],
  ])('%p', (time, ms) => expect(hecTime(time)).toBe(ms));

  it.each([
    undefined,
    null,
    '',
    'now',
    0,
    -1,
    NaN,
    Infinity,
    {},
    [],
    true,
    '1e300',
    '9'.repeat(400),
    '2025-11-20T20:00:00',
  ])('%p is none', (time) => expect(hecTime(time)).toBeUndefined());
});

describe('events', () => {
  it('text and objects, with or without anything between them', () => {
    const { items, answer } = handle('/services/collector', '{"event":"a"}{"event":{"b":1}}\n\n{"event":7}');
    expect(answer).toEqual({ text: 'Success', code: 0 });
    expect(items).toMatchObject([
      { kind: 'line', content: Buffer.from('a') },
      { kind: 'record', record: { b: 1 }, original: '{"b":1}' },
      { kind: 'line', content: Buffer.from('7') },
    ]);
  });

  it('are all taken or none', () => {
    const { items, status, answer } = handle(
      '/services/collector',
      '{"event":"a"}{"event":"b"}{"nothing":1}',
    );
    expect([items, status]).toEqual([[], 400]);
    expect(answer).toMatchObject({ code: 12, 'invalid-event-number': 2 });
  });

  it.each(['[', '{"event":"a"', '"x"', '7', '{"event":"a"}garbage', '\0', '{"event":\u0001}'])(
    '%j is no envelope',
    (body) => expect(handle('/services/collector/event/1.0', body).answer).toMatchObject({ code: 6 }),
  );

  it('too many for one request', () => {
    expect(handle('/services/collector', '{"event":1}'.repeat(100_001)).status).toBe(413);
  });

  it('values of a kind that none can have do no harm', () => {
    const body = '{"event":"a","host":{"x":1},"source":[1],"sourcetype":null,"time":{"a":1},"fields":null}';
    expect(handle('/services/collector', body).items).toEqual([
      expect.objectContaining({
        meta: expect.objectContaining({ host: undefined, source: undefined, time: undefined }),
      }),
    ]);
  });
});

describe('acknowledgements', () => {
  const query = new URLSearchParams({ channel: 'FE0ECFAD-13D5-401B-847D-77833BD77131' });

  it.each(['', '{}', '{"acks":{}}', '{"acks":["a"]}', '{"acks":[-1]}', '{"acks":[1.5]}', '[0]'])(
    '%j is no list',
    (body) => expect(handle('/services/collector/ack', body, { query }).answer).toMatchObject({ code: 6 }),
  );

  it('each channel counts for itself, and only so many are remembered', () => {
    const counters = new ChannelCounters(2);
    expect([counters.next('a'), counters.next('a'), counters.next('b'), counters.next('a')]).toEqual([
      0, 1, 0, 2,
    ]);
    counters.next('c');
    expect([counters.next('b'), counters.next('c')]).toEqual([0, 1]);
  });
});
