import { partsOf, readItem, recordOf, type Item, type Metadata } from './item.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const ROUTE = { sourceType: 'auto', timeZone: 'UTC' };
const line = (text: string, meta?: Metadata): Item => ({ kind: 'line', content: Buffer.from(text), meta });
const record = (original: string, meta?: Metadata): Item => {
  const found = recordOf(original);
  if (found === undefined) throw new TypeError('no JSON object');
  return { kind: 'record', content: Buffer.from(original), record: found, original, meta };
};
const read = (item: Item, route = ROUTE) => readItem(item, route, NOW);

describe('what stands beside an event', () => {
  it('gives time, host and origin where the event itself says nothing', () => {
    const { event } = read(
      line('hello', {
        time: NOW - 5000,
        host: 'web-01',
        source: '/var/log/x.log',
        sourceType: 'mine',
        index: 'main',
      }),
    );
    expect(event).toMatchObject({
      '@timestamp': NOW - 5000,
      'host.name': 'web-01',
      'log.file.path': '/var/log/x.log',
      'labels.sourcetype': 'mine',
      'labels.index': 'main',
      message: 'hello',
    });
  });

  it('does not overrule a host that the line names', () => {
    const { event } = read(
      line('<38>Nov 21 11:00:00 real sshd[1]: hello', { host: 'relay', observed: NOW - 1 }),
    );
    expect(event).toMatchObject({ 'host.name': 'real', '@timestamp': Date.UTC(2026, 10, 21, 11) });
  });

  it('a time far ahead counts as receipt, labelled', () => {
    const { event } = read(line('x', { time: NOW + 600_000 }));
    expect(event).toMatchObject({ '@timestamp': NOW, 'labels.time_adjusted': '2026-11-21T12:10:00.000Z' });
  });

  it('a sourcetype that is a decoder’s name chooses it, unless the key’s own type does', () => {
    const text = 'Accepted password for ann from 203.0.113.7 port 4711 ssh2';
    expect(read(line(text, { sourceType: 'SSHD' })).event['user.name']).toBe('ann');
    expect(
      read(line(text, { sourceType: 'sshd' }), { ...ROUTE, sourceType: 'generic' }).event['labels.decoder'],
    ).toBe('generic');
  });

  it('fields can’t overwrite what the event says, nor pose as identity', () => {
    const fields = JSON.parse(
      '{"__proto__":{"x":1},"id":"1","tenantId":"t","event":{"ingested":1,"original":"forged"},"message":"forged","user":{"name":"eve"},"labels":{"env":"prod"}}',
    );
    const { event } = read(record('{"message":"real","user":{"name":"ann"}}', { fields }));
    expect(event).toMatchObject({ message: 'real', 'user.name': 'ann', 'labels.env': 'prod' });
    expect(event['event.original']).toBe('{"message":"real","user":{"name":"ann"}}');
    expect(event.id).toBeUndefined();
    expect(event.tenantId).toBeUndefined();
    expect(event['event.ingested']).toBeUndefined();
    expect(Object.getPrototypeOf({})).not.toHaveProperty('x');
  });

  it('half a surrogate pair and NUL are made storable', () => {
    const { event } = read(line('x', { host: 'a\ud800b\0c', source: 'n' }));
    expect(event['host.name']).toBe('a\ufffdb\u2400c');
  });
});

describe('sizes', () => {
  it('a long line is cut at 64 KiB and labelled', () => {
    const { event, truncated } = read(line('x'.repeat(100_000)));
    expect(truncated).toBe(true);
    expect(event['event.original']).toHaveLength(65_536);
    expect(event['labels.truncated']).toBe(true);
  });

  it('a long record keeps its fields; its text is cut, never through a surrogate pair', () => {
    const { event } = read(
      record(JSON.stringify({ pad: '💥'.repeat(20_000), pad2: 'x'.repeat(40_000), user: { name: 'ann' } })),
    );
    expect(event['user.name']).toBe('ann');
    expect(event['event.original'].length).toBeLessThanOrEqual(65_536);
    expect(event['event.original']).not.toMatch(/[\ud800-\udbff]$/);
    expect(event.message.length).toBeLessThanOrEqual(65_536);
  });

  it.each([
    ['objects in objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['lists in lists', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['names without number', `{${Array.from({ length: 50_000 }, (_, n) => `"n${n}":${n}`).join(',')}}`],
  ])('%s do no harm', (_what, text) => {
    const since = performance.now();
    const { event } = read(record(text));
    expect(Object.keys(event).length).toBeLessThan(2000);
    expect(performance.now() - since).toBeLessThan(1000);
  });
});

describe('several events in one', () => {
  const trail = (eventName: string, eventTime: string) => ({
    eventVersion: '1.08',
    eventSource: 'iam.amazonaws.com',
    awsRegion: 'eu-west-1',
    eventName,
    eventTime,
  });
  const list = JSON.stringify({
    Records: [trail('CreateUser', '2026-11-20T20:00:00Z'), trail('DeleteUser', '2026-11-20T20:00:01Z')],
  });

  it.each<[string, Item]>([
    ['a record', record(list, { time: NOW, index: 'aws' })],
    ['its text', line(list, { time: NOW, index: 'aws' })],
  ])('%s: each has its own time, text and what stands beside the whole', (_what, item) => {
    const events = [...partsOf(item)].map((part) => read(part).event);
    expect(events).toMatchObject([
      {
        '@timestamp': Date.parse('2026-11-20T20:00:00Z'),
        'event.action': 'CreateUser',
        'labels.index': 'aws',
      },
      {
        '@timestamp': Date.parse('2026-11-20T20:00:01Z'),
        'event.action': 'DeleteUser',
        'labels.index': 'aws',
      },
    ]);
    expect(events[1]?.['event.original']).toBe(JSON.stringify(trail('DeleteUser', '2026-11-20T20:00:01Z')));
  });

  it('the time of the whole counts for a part that has none', () => {
    const parts = [...partsOf(line('{"a":1}{"b":2}', { time: NOW - 5000 }))];
    expect(parts.map((part) => read(part).event['@timestamp'])).toEqual([NOW - 5000, NOW - 5000]);
  });

  it('the same bytes give the same parts again', () => {
    const contents = () => [...partsOf(line(list))].map(({ content }) => content.toString());
    expect(contents()).toEqual(contents());
    expect(new Set(contents()).size).toBe(2);
  });

  it('a list longer than an event may be is walked; what is cut off is kept as text', () => {
    const one = `{"a":"${'x'.repeat(400_000)}"}`;
    const parts = [...partsOf(line(`{"Records":[${one},${one},${one},{"b":`))];
    expect(parts.map(({ kind }) => kind)).toEqual(['record', 'record', 'record', 'line']);
    expect(parts[3]?.content.toString()).toBe('{"b":');
  });

  it('anything else is itself', () => {
    for (const item of [line('hello'), line('{"a":1}'), record('{"Records":[{"a":1}]}'), line('[error] x')])
      expect([...partsOf(item)]).toEqual([item]);
  });
});
