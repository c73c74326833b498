import { containing, Statement } from './statement.js';
import { decodeCursor, encodeCursor, timeCursorSchema } from './cursor.js';
import { rangeOf, whereOf } from './where.js';

const TENANT = '0194b3a0-0000-7000-8000-000000000001';

describe('event filters', () => {
  it('put every value into a parameter', () => {
    const statement = new Statement();
    const sql = whereOf(
      statement,
      TENANT,
      { from: 0, to: 1000 },
      {
        q: `50%_\\'; drop table events--`,
        userName: `o'neill`,
        sourceIp: '10.0.0.0/8',
        severity: ['critical', 'info'],
      },
    );
    expect(sql).not.toMatch(/drop|neill|10\.0/);
    expect(statement.params).toEqual([
      TENANT,
      new Date(0),
      new Date(1000),
      `o'neill`,
      [5, 1],
      '10.0.0.0/8',
      `%50\\%\\_\\\\'; drop table events--%`,
    ]);
    expect(sql.startsWith('tenant_id = $1 and ts >= $2')).toBe(true);
  });

  it('search for wildcards as they are written', () => {
    expect(containing('100%_a\\b')).toBe('%100\\%\\_a\\\\b%');
  });

  it('cover the last 24 hours unless told otherwise', () => {
    const now = Date.parse('2026-03-02T12:00:00Z');
    expect(rangeOf({}, now)).toEqual({ from: now - 86_400_000, to: undefined });
    expect(rangeOf({ to: '2026-01-02T00:00:00Z' }, now)).toEqual({
      from: Date.parse('2026-01-01T00:00:00Z'),
      to: Date.parse('2026-01-02T00:00:00Z'),
    });
    expect(rangeOf({ from: '2026-01-02T01:00:00+01:00' }, now).from).toBe(Date.parse('2026-01-02T00:00:00Z'));
  });
});

describe('cursors', () => {
  it('come back as they went', () => {
    expect(decodeCursor(encodeCursor([5, TENANT]), timeCursorSchema)).toEqual([5, TENANT]);
  });

  it.each(['', 'x', 'bnVsbA', encodeCursor(['5', TENANT]), encodeCursor([5]), encodeCursor([5, 'x'])])(
    'of others read as none: %p',
    (text) => expect(decodeCursor(text, timeCursorSchema)).toBeUndefined(),
  );
});
