import { deflateRawSync } from 'node:zlib';
import { Packr } from 'msgpackr';
import type { NormalizedEvent } from '@parapet/contracts';
import { packEvents, unpackEvents } from './event-batch.js';
import { toColumns } from './event-columns.js';

const TENANT = '0194b3a0-0000-7000-8000-000000000001';
const event = (n: number, more: Partial<NormalizedEvent> = {}): NormalizedEvent => ({
  id: `0194b3a0-0000-7000-8000-${String(n).padStart(12, '0')}`,
  tenantId: TENANT,
  '@timestamp': 1_770_000_000_000 + n,
  'event.ingested': 1_770_000_000_500 + n,
  'event.original': `<38>line ${n}`,
  message: `line ${n}`,
  ...more,
});

describe('event batches', () => {
  it('come out of the queue as they went in', () => {
    const sections = [
      {
        tenantId: TENANT,
        events: [
          event(1, { 'source.ip': '203.0.113.9', 'source.port': 22, tags: ['a', 'b'] }),
          event(2, { 'user.name': 'ü\u0000\u202e' }),
        ],
      },
    ];
    const batch = packEvents(event(9).id, sections);
    expect(batch).toMatchObject({ count: 2, oldestReceipt: event(1)['event.ingested'] });
    expect(unpackEvents(JSON.parse(JSON.stringify(batch))).sections).toEqual(sections);
  });

  it('of sshd lines take less than 100 bytes an event', () => {
    const events = Array.from({ length: 500 }, (_, n) =>
      event(n, {
        'event.original': `<38>Nov 20 20:00:${n % 60} web1 sshd[${n}]: Failed password for root from 203.0.113.${n % 250} port ${4000 + n} ssh2`,
        'source.ip': `203.0.113.${n % 250}`,
        'event.action': 'ssh_login',
        'event.outcome': 'failure',
      }),
    );
    expect(packEvents(event(9).id, [{ tenantId: TENANT, events }]).payload.length / 500).toBeLessThan(100);
  });

  it('that are not ours are refused', () => {
    const good = packEvents(event(9).id, [{ tenantId: TENANT, events: [event(1)] }]);
    expect(() => unpackEvents({ ...good, v: 2 })).toThrow();
    expect(() => unpackEvents({ ...good, payload: 'AAAA' })).toThrow();
    const section = toColumns({ tenantId: TENANT, events: [event(1), event(2)] });
    const repacked = (change: object) => {
      const raw = new Packr({ useRecords: false }).pack([{ ...section, ...change }]);
      return { ...good, payload: deflateRawSync(raw).toString('base64') };
    };
    expect(unpackEvents(repacked({})).sections[0]?.events).toEqual([event(1), event(2)]);
    expect(() => unpackEvents(repacked({ originals: [1, 2] }))).toThrow(/originals/);
    expect(() => unpackEvents(repacked({ times: [0] }))).toThrow(/length/);
    expect(() => unpackEvents(repacked({ ids: Buffer.alloc(16) }))).toThrow(/length/);
    expect(() => unpackEvents(repacked({ names: ['a'], shared: [{}], columns: [null] }))).toThrow(/shared/);
    expect(() => unpackEvents(repacked({ names: ['a'] }))).toThrow(/names/);
  });

  it('that unpack to more than 32 MiB are refused', () => {
    const bomb = packEvents(event(9).id, [
      { tenantId: TENANT, events: [event(1, { message: 'a'.repeat(33 * 1024 * 1024) })] },
    ]);
    expect(() => unpackEvents(bomb)).toThrow();
  });
});
