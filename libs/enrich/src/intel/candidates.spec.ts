import type { IntelType } from '@parapet/contracts';
import { candidatesOf } from './candidates.js';
import { IndicatorTable } from './indicator-table.js';

const values = (type: IntelType, value: string) => candidatesOf({ type, value }).map((one) => one.value);

describe('what a value would meet', () => {
  it('are prefixes, names above, directories and the host', () => {
    expect(values('address', '45.9.1.2').slice(0, 2)).toEqual(['45.9.1.2', '45.9.1.2/31']);
    expect(values('address', '45.9.1.2').at(-1)).toBe('45.0.0.0/8');
    expect(values('address', '2a00::1').at(-1)).toBe('2a00::/20');
    expect(values('address', '45.9.1.0/24')[0]).toBe('45.9.1.0/24');
    expect(values('domain', 'a.b.evil.com')).toEqual(['a.b.evil.com', 'b.evil.com', 'evil.com']);
    expect(values('url', 'x.evil.com/a/b/c.php?q=/z/')).toEqual([
      'x.evil.com/a/b/c.php?q=/z/',
      'x.evil.com/a/b/c.php',
      'x.evil.com/a/',
      'x.evil.com/a/b/',
      'x.evil.com',
      'evil.com',
    ]);
    expect(values('url', '45.9.1.2:80/')).toContain('45.9.0.0/16');
    expect(values('file_hash', 'a'.repeat(32))).toEqual(['a'.repeat(32)]);
  });

  it('is what the table finds, for each candidate by itself', () => {
    for (const [type, value] of [
      ['address', '45.9.1.2'],
      ['domain', 'a.b.evil.com'],
      ['url', 'evil.com/a/b/c?d'],
    ] as const) {
      for (const candidate of candidatesOf({ type, value }).filter((one) => one.type === type)) {
        const table = new IndicatorTable(1);
        table.add(candidate.type, candidate.value, { feed: 0, confidence: 1 });
        expect([candidate.value, table.find(type, value, 0)?.value]).toEqual([
          candidate.value,
          candidate.value,
        ]);
      }
    }
  });
});
