import fc from 'fast-check';
import { MAX_FRAME_BYTES, SyslogStreamFramer } from './framing.js';

interface Result {
  frames: string[];
  cut: boolean[];
  error: string | undefined;
}

function frame(bytes: Buffer | string, cuts: number[] = [], limit?: number): Result {
  const framer = new SyslogStreamFramer(limit);
  const result: Result = { frames: [], cut: [], error: undefined };
  const take = (one: Buffer, truncated: boolean) => {
    result.frames.push(one.toString('latin1'));
    result.cut.push(truncated);
  };
  const data = Buffer.from(bytes);
  const edges = [0, ...cuts.map((cut) => cut % (data.length + 1)).sort((a, b) => a - b), data.length];
  for (let i = 1; i < edges.length; i++) {
    result.error = framer.push(data.subarray(edges[i - 1], edges[i]), take)?.reason ?? result.error;
  }
  framer.end(take);
  return result;
}

describe('newline framing', () => {
  test('LF, CRLF and NUL end a frame, empty frames are skipped, the last line needs no end', () => {
    expect(frame('<1>a\n\n<2>b\r\n<3>c\0<4>d').frames).toEqual(['<1>a', '<2>b', '<3>c', '<4>d']);
  });

  test('a line that begins with an ISO date is not an octet count', () => {
    const text = '2026-11-20T20:00:00Z host app: x\n12 more\n';
    for (let cut = 0; cut < text.length; cut++) {
      expect(frame(text, [cut]).frames).toEqual(['2026-11-20T20:00:00Z host app: x', '12 more']);
    }
  });

  test('a longer line is cut at the limit, flagged, and skipped to its end', () => {
    expect(frame('<1>0123456789\n<2>x\n', [], 8)).toMatchObject({
      frames: ['<1>01234', '<2>x'],
      cut: [true, false],
    });
    expect(frame('<1>0123456789\n<2>x\n', [3, 9, 11], 8)).toMatchObject({
      frames: ['<1>01234', '<2>x'],
      cut: [true, false],
    });
    expect(frame('<1>01234\n<2>x\n', [8], 8)).toMatchObject({
      frames: ['<1>01234', '<2>x'],
      cut: [false, false],
    });
  });
});

describe('octet counting', () => {
  test('frames follow each other without ends and may hold newlines', () => {
    expect(frame('6 <1>a\nb4 <2>c0 5 <3>de').frames).toEqual(['<1>a\nb', '<2>c', '<3>de']);
  });

  test('a longer frame is cut at the limit, flagged, and the next is in step', () => {
    expect(frame('13 <1>01234567894 <2>x', [], 8)).toMatchObject({
      frames: ['<1>01234', '<2>x'],
      cut: [true, false],
    });
  });

  test('a frame that the end of the connection cut is handed out as truncated', () => {
    expect(frame('10 <1>abc')).toMatchObject({ frames: ['<1>abc'], cut: [true] });
  });

  test.each([
    ['9999999999 <1>a', 'length_too_large'],
    ['16777217 <1>a', 'length_too_large'],
    ['12345678901 <1>a', 'length_too_long'],
    ['123<1>a', 'length_malformed'],
    ['4 <1>ax4 <1>a', 'length_malformed'],
  ])('R15 %j breaks the connection', (text, reason) => {
    for (let cut = 0; cut < text.length; cut++) expect(frame(text, [cut]).error).toBe(reason);
  });

  test('R15 an announced length allocates nothing', () => {
    const framer = new SyslogStreamFramer();
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 50; i++) framer.push(Buffer.from(i === 0 ? '16777216 <1>a' : 'a'), () => undefined);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * MAX_FRAME_BYTES);
  });
});

test('any cut of the stream gives the same frames', () => {
  const line = fc
    .string({ minLength: 1, maxLength: 20 })
    .map((s) => `<1>${s.replace(/[\n\r\0]|[^\x20-\x7e]/g, '')}`);
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(300), { maxLength: 12 }),
      fc.boolean(),
      (lines, cuts, counted) => {
        const stream = lines.map((one) => (counted ? `${one.length} ${one}` : `${one}\n`)).join('');
        expect(frame(stream, cuts, 12)).toEqual(frame(stream, [], 12));
        expect(frame(stream, cuts).frames).toEqual(lines);
      },
    ),
  );
});
