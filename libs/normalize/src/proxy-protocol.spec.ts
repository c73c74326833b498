import fc from 'fast-check';
import { MAX_PROXY_HEADER_BYTES, readProxyHeader } from './proxy-protocol.js';

const text = (line: string) => readProxyHeader(Buffer.from(line, 'latin1'));
const SIGNATURE = '0d0a0d0a000d0a515549540a';
/** Version 2: command, family and protocol, addresses and TLVs. */
function binary(command: number, family: number, rest: Buffer, size = rest.length): Buffer {
  const head = Buffer.from([command, family, size >> 8, size & 0xff]);
  return Buffer.concat([Buffer.from(SIGNATURE, 'hex'), head, rest]);
}
const IPV4 = Buffer.from('cb0071070a000105d4311b58'.replaceAll(' ', ''), 'hex'); // 203.0.113.7 → 10.0.1.5
const IPV6 = Buffer.concat([Buffer.from('20010db8000000000000000000000007', 'hex'), Buffer.alloc(20)]);
const TLV = Buffer.from('0400020000', 'hex'); // PP2_TYPE_NOOP

describe('version 1', () => {
  test.each([
    ['PROXY TCP4 203.0.113.7 10.0.1.5 54321 514\r\n<13>x', 43, '203.0.113.7'],
    ['PROXY TCP6 2001:DB8::7 2001:db8::1 54321 514\r\n', 46, '2001:db8::7'],
    ['PROXY TCP6 ::ffff:203.0.113.7 ::1 0 65535\r\n', 43, '203.0.113.7'],
    ['PROXY UNKNOWN\r\n<13>x', 15, undefined],
    ['PROXY UNKNOWN ffff::1 whatever 1 2\r\n', 36, undefined],
  ])('%j', (line, length, address) => {
    expect(text(line)).toEqual({ kind: 'header', length, address });
  });

  test.each([
    'PROXY TCP4 203.0.113.7 10.0.1.5 54321 70000\r\n',
    'PROXY TCP4 203.0.113.7 10.0.1.5 054 514\r\n',
    'PROXY TCP4 203.0.113.999 10.0.1.5 54321 514\r\n',
    'PROXY TCP4 2001:db8::7 2001:db8::1 54321 514\r\n',
    'PROXY TCP6 203.0.113.7 10.0.1.5 54321 514\r\n',
    'PROXY TCP4 203.0.113.7 10.0.1.5 54321\r\n',
    'PROXY TCP4  203.0.113.7 10.0.1.5 54321 514\r\n',
    'PROXY TCP4 203.0.113.7 10.0.1.5 54321 514 \r\n',
    'PROXY UDP4 203.0.113.7 10.0.1.5 54321 514\r\n',
    'PROXY \r\n',
    'PROXY UNKNOWNx\r\n',
    `PROXY UNKNOWN ${'x'.repeat(200)}\r\n`,
    `PROXY ${'9'.repeat(200)}`,
  ])('refused: %j', (line) => expect(text(line).kind).toBe('invalid'));

  test('107 bytes are the longest line', () => {
    const line = (bytes: number) => `PROXY UNKNOWN ${'f'.repeat(bytes - 16)}\r\n`;
    expect(text(line(107))).toMatchObject({ kind: 'header', length: 107 });
    expect(text(line(108)).kind).toBe('invalid');
  });
});

describe('version 2', () => {
  test.each([
    ['TCP over IPv4', binary(0x21, 0x11, IPV4), '203.0.113.7'],
    ['with TLVs', binary(0x21, 0x11, Buffer.concat([IPV4, TLV])), '203.0.113.7'],
    ['UDP over IPv4', binary(0x21, 0x12, IPV4), '203.0.113.7'],
    ['TCP over IPv6', binary(0x21, 0x21, IPV6), '2001:db8::7'],
    ['a UNIX socket', binary(0x21, 0x31, Buffer.alloc(216, 97)), undefined],
    ['unspecified', binary(0x21, 0x00, Buffer.alloc(0)), undefined],
    ['LOCAL', binary(0x20, 0x00, Buffer.alloc(0)), undefined],
    ['LOCAL with addresses, which don’t count', binary(0x20, 0x11, IPV4), undefined],
  ])('%s', (_, bytes, address) => {
    const data = Buffer.concat([bytes, Buffer.from('<13>x')]);
    expect(readProxyHeader(data)).toEqual({ kind: 'header', length: bytes.length, address });
  });

  test.each([
    ['version 1 in binary', binary(0x11, 0x11, IPV4)],
    ['an unknown command', binary(0x22, 0x11, IPV4)],
    ['an unknown family', binary(0x21, 0x41, IPV4)],
    ['an unknown protocol', binary(0x21, 0x13, IPV4)],
    ['addresses cut short', binary(0x21, 0x11, IPV4.subarray(0, 11))],
    ['IPv6 with the room of IPv4', binary(0x21, 0x21, IPV4)],
    ['64 KiB', binary(0x21, 0x11, IPV4, 65_535)],
  ])('refused: %s', (_, bytes) => expect(readProxyHeader(bytes).kind).toBe('invalid'));
});

test('what is no header is data', () => {
  for (const line of ['<13>PROXY TCP4', 'PROXIES', 'GET /', '\r\n\r\n<13>', '5 <1>a', 'proxy TCP4', '\0'])
    expect(text(line)).toEqual({ kind: 'none' });
});

test('a header in pieces is partial until it is whole', () => {
  for (const whole of [
    Buffer.from('PROXY TCP4 203.0.113.7 10.0.1.5 54321 514\r\n'),
    binary(0x21, 0x11, Buffer.concat([IPV4, Buffer.alloc(4000)])),
  ]) {
    for (let end = 0; end < whole.length; end++)
      expect(readProxyHeader(whole.subarray(0, end))).toEqual({ kind: 'partial' });
    expect(readProxyHeader(whole).kind).toBe('header');
    expect(whole.length).toBeLessThanOrEqual(MAX_PROXY_HEADER_BYTES);
  }
});

test('whatever comes, it ends, and at its longest it is decided', () => {
  const beginnings = fc.constantFrom(
    '',
    'PROXY ',
    'PROXY TCP4 ',
    Buffer.from(SIGNATURE, 'hex').toString('latin1'),
  );
  fc.assert(
    fc.property(beginnings, fc.uint8Array({ maxLength: 300 }), (beginning, rest) => {
      const bytes = Buffer.concat([Buffer.from(beginning, 'latin1'), rest]);
      const found = readProxyHeader(bytes);
      if (found.kind === 'header') expect(found.length).toBeLessThanOrEqual(bytes.length);
      expect(readProxyHeader(Buffer.concat([bytes, Buffer.alloc(5000)])).kind).not.toBe('partial');
    }),
  );
});
