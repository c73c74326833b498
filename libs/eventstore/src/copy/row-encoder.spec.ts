import type { NormalizedEvent } from '@parapet/contracts';
import { EVENT_COLUMNS } from '../columns.js';
import { EventRowEncoder } from './row-encoder.js';

const event = (more: Partial<NormalizedEvent> = {}): NormalizedEvent => ({
  id: '0194b3a0-0000-7000-8000-0000000000ff',
  tenantId: '0194b3a0-0000-7000-8000-000000000001',
  '@timestamp': 946_684_800_000 + 1,
  'event.ingested': 1_770_000_000_000,
  'event.original': '<38>line',
  message: 'line',
  ...more,
});

/** The rows of a binary COPY, each a list of fields. */
function rowsOf(chunks: readonly Buffer[]): (Buffer | null)[][] {
  const all = Buffer.concat(chunks);
  expect(all.subarray(0, 11).toString('latin1')).toBe('PGCOPY\n\xff\r\n\0');
  let at = 19;
  const rows: (Buffer | null)[][] = [];
  for (;;) {
    const fields = all.readInt16BE(at);
    at += 2;
    if (fields === -1) break;
    rows.push(
      Array.from({ length: fields }, () => {
        const length = all.readInt32BE(at);
        at += 4 + Math.max(length, 0);
        return length === -1 ? null : all.subarray(at - length, at);
      }),
    );
  }
  expect(at).toBe(all.length);
  return rows;
}

const encode = (...events: NormalizedEvent[]) => {
  const encoder = new EventRowEncoder();
  encoder.begin();
  for (const one of events) expect(encoder.add(one)).toBeNull();
  return rowsOf(encoder.finish()).map((row) => new Map(EVENT_COLUMNS.map((column, n) => [column, row[n]])));
};
const fieldsOf = (row: Map<string, Buffer | null | undefined> | undefined): unknown => {
  const json = row?.get('fields');
  expect(json?.[0]).toBe(1);
  return JSON.parse(String(json?.subarray(1)));
};

describe('EventRowEncoder', () => {
  it('writes ids, times, addresses and ports in PostgreSQL’s binary form', () => {
    const [row] = encode(
      event({ 'source.ip': '203.0.113.9', 'source.port': 65535, 'destination.ip': '2001:db8::1' }),
    );
    expect(row?.get('id')?.toString('hex')).toBe('0194b3a000007000800000000000' + '00ff');
    expect(row?.get('ts')?.readBigInt64BE()).toBe(1000n);
    expect(row?.get('ingested_at')?.readBigInt64BE()).toBe((1_770_000_000_000n - 946_684_800_000n) * 1000n);
    expect(row?.get('source_ip')?.toString('hex')).toBe('02200004cb007109');
    expect(row?.get('destination_ip')?.toString('hex')).toBe('0380001020010db8000000000000000000000001');
    expect(row?.get('source_port')?.readInt32BE()).toBe(65535);
    expect(row?.get('category')).toBeNull();
    expect(fieldsOf(row)).toEqual({});
  });

  it('writes times before 2000', () => {
    const [row] = encode(event({ '@timestamp': -1 }));
    expect(row?.get('ts')?.readBigInt64BE()).toBe((-1n - 946_684_800_000n) * 1000n);
  });

  it('keeps in `fields` what a column can’t give back', () => {
    const more = {
      'event.category': ['authentication', 'network'],
      'event.severity': 'odd',
      'source.ip': 'nowhere',
      'source.port': -1,
      'destination.port': 2 ** 40,
      own: 'a "quoted" \\ line\n',
      list: [1, 2],
      yes: true,
      numbers: 0,
      digits: 2_147_483_647,
      more: 1.25,
      less: -7,
      gone: undefined,
    };
    const { gone: _gone, ...kept } = more;
    const [row] = encode(event(more));
    expect(fieldsOf(row)).toEqual(kept);
    expect(String(row?.get('category'))).toBe('authentication');
    expect(row?.get('severity')?.readInt16BE()).toBe(1);
  });

  it('carries on over the ends of its buffers, and takes events larger than one', () => {
    const events = Array.from({ length: 3000 }, (_, n) =>
      event({ message: `${n} ${'é'.repeat(n % 400)}`, n }),
    );
    events[1500] = event({ message: '✓'.repeat(400_000), 'event.original': 'x'.repeat(900_000), n: 1500 });
    const rows = encode(...events);
    expect(rows.map((row) => String(row.get('message')))).toEqual(events.map(({ message }) => message));
    expect(rows.map((row) => fieldsOf(row))).toEqual(events.map(({ n }) => ({ n })));
  });

  it('uses its buffers again without leaving anything behind', () => {
    const encoder = new EventRowEncoder();
    encoder.begin();
    for (let n = 0; n < 2000; n++) encoder.add(event({ message: 'first'.repeat(50) }));
    encoder.finish();
    encoder.begin();
    encoder.add(event({ message: 'second' }));
    const rows = rowsOf(encoder.finish());
    expect(rows).toHaveLength(1);
    expect(String(rows[0]?.[EVENT_COLUMNS.indexOf('message')])).toBe('second');
  });

  it('refuses an event without id or time, and leaves no trace of it', () => {
    const encoder = new EventRowEncoder();
    encoder.begin();
    expect(encoder.add(event({ id: '0194b3a0-0000-7000-8000-0000000000fg' }))).toMatch(/UUID/);
    expect(encoder.add(event({ id: '' }))).toMatch(/UUID/);
    expect(encoder.add(event({ '@timestamp': NaN }))).toMatch(/time/);
    expect(encoder.add(event())).toBeNull();
    expect(encoder.rows).toBe(1);
    expect(rowsOf(encoder.finish())).toHaveLength(1);
  });

  it('makes what PostgreSQL can’t hold visible, and labels it', () => {
    const [row] = encode(event({ message: 'a\u0000b', 'user.name': '\u0000', other: ['\ud800', 'x\u0000'] }));
    expect(String(row?.get('message'))).toBe('a\u2400b');
    expect(String(row?.get('user_name'))).toBe('\u2400');
    expect(fieldsOf(row)).toEqual({ other: ['\ufffd', 'x\u2400'], 'labels.nul_replaced': true });
  });
});
