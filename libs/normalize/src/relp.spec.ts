import fc from 'fast-check';
import { answerRelpOffers, RelpFramer, relpResponse } from './relp.js';

type Frame = [txnr: number, command: string, data: string, truncated: boolean];

function read(text: string | Buffer, cuts: number[] = [], limit?: number) {
  const framer = new RelpFramer(limit);
  const frames: Frame[] = [];
  const bytes = Buffer.from(text);
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let reason: string | undefined;
  for (let i = 1; i < edges.length; i++) {
    const error = framer.push(bytes.subarray(edges[i - 1], edges[i]), (txnr, command, data, truncated) =>
      frames.push([txnr, command, data.toString('latin1'), truncated]),
    );
    reason ??= error?.reason;
  }
  return { frames, reason, inFrame: framer.inFrame };
}

const OPEN = 'relp_version=0\nrelp_software=librelp,1.11.0,http://librelp.adiscon.com\ncommands=syslog';

test('frames with and without data', () => {
  expect(read(`1 open ${OPEN.length} ${OPEN}\n2 syslog 6 <1>a\nb\n3 close 0\n4 close 0 \n`)).toEqual({
    frames: [
      [1, 'open', OPEN, false],
      [2, 'syslog', '<1>a\nb', false],
      [3, 'close', '', false],
      [4, 'close', '', false],
    ],
    reason: undefined,
    inFrame: false,
  });
});

test('a frame is the same wherever it is cut', () => {
  const frames = '1 open 3 a=b\n999999999 syslog 6 <1>a\nb\n3 syslog 0\n\n4 syslog 12 3 syslog 0\nx\n';
  const whole = read(frames);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 12 }), (cuts) => {
      expect(read(frames, cuts)).toEqual(whole);
    }),
  );
});

test('longer data is cut at the limit, flagged, and the next frame is in step', () => {
  const text = '1 syslog 10 0123456789\n2 syslog 8 01234567\n3 syslog 1 x\n';
  for (const cuts of [[], [13], [15, 20, 22], [40]]) {
    expect(read(text, cuts, 8).frames).toEqual([
      [1, 'syslog', '01234567', true],
      [2, 'syslog', '01234567', false],
      [3, 'syslog', 'x', false],
    ]);
  }
});

test.each([
  ['1 syslog 9999999999 x', 'length_too_large'],
  ['1 syslog 999999999 x', 'length_too_large'],
  ['1 syslog 000000000009 x', 'length_too_large'],
  ['1234567890 syslog 1 x\n', 'txnr'],
  [' syslog 1 x\n', 'txnr'],
  ['<13>Nov 20 21:10:00 host app: x\n', 'txnr'],
  ['-1 syslog 1 x\n', 'txnr'],
  ['GET / HTTP/1.1\r\n', 'txnr'],
  [`1 ${'a'.repeat(33)} 1 x\n`, 'command'],
  ['1  1 x\n', 'command'],
  ['1 sys\0log 1 x\n', 'command'],
  ['1 syslog  x\n', 'length'],
  ['1 syslog -5 x\n', 'length'],
  ['1 syslog 5\n', 'length'],
  ['1 syslog 1 xy\n', 'trailer'],
])('refused: %j', (text, reason) => {
  expect(read(text)).toMatchObject({ frames: [], reason });
  expect(read(text, [1, 5, 12])).toMatchObject({ frames: [], reason });
});

test('an error is final: nothing is read after it', () => {
  const framer = new RelpFramer();
  const frames: number[] = [];
  const push = (text: string) => framer.push(Buffer.from(text), (txnr) => frames.push(txnr));
  expect(push('x')?.reason).toBe('txnr');
  expect(push('1 syslog 1 a\n')?.reason).toBe('txnr');
  expect(frames).toEqual([]);
});

test('an announced length takes no memory', () => {
  const framers = Array.from({ length: 1000 }, () => new RelpFramer());
  const before = process.memoryUsage().arrayBuffers;
  for (const framer of framers) framer.push(Buffer.from('1 syslog 16777216 <13>x'), () => undefined);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
});

test('whatever comes, no frame is longer than the limit', () => {
  const pieces = fc.oneof(
    fc.constantFrom('1 ', 'syslog ', '5 ', '\n', 'hello', '0', ' ', '20 '),
    fc.string({ maxLength: 20 }),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), fc.array(fc.nat(), { maxLength: 5 }), (parts, cuts) => {
      const { frames } = read(parts.join(''), cuts, 16);
      for (const [, , data] of frames) expect(data.length).toBeLessThanOrEqual(16);
    }),
  );
});

describe('open', () => {
  test('is answered with what we speak', () => {
    expect(answerRelpOffers(Buffer.from(OPEN))).toEqual({
      ok: true,
      data: '200 OK\nrelp_version=0\nrelp_software=parapet\ncommands=syslog',
    });
    expect(answerRelpOffers(Buffer.from('relp_version=1\ncommands=foo, syslog\n')).ok).toBe(true);
  });

  test.each(['', 'commands=syslog', 'relp_version=2\ncommands=syslog', 'relp_version=0\ncommands=eventlog'])(
    'is refused: %j',
    (offers) => expect(answerRelpOffers(Buffer.from(offers))).toMatchObject({ ok: false }),
  );
});

test('a response names its length in bytes', () => {
  expect(relpResponse(7, '200 OK')).toBe('7 rsp 6 200 OK\n');
  expect(relpResponse(7, '500 ü')).toBe('7 rsp 6 500 ü\n');
});
