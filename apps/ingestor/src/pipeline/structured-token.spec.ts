import { createHash } from 'node:crypto';
import { takeToken } from './structured-token.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const HEADER = '<38>1 2026-11-20T21:10:00Z web-01 sshd 4711 -';

function take(line: string): { hash: string | undefined; left: string } {
  const frame = Buffer.from(line);
  const hash = takeToken(frame);
  return { hash, left: frame.toString() };
}

test('a token is told by its hash, and taken out of the frame', () => {
  expect(take(`${HEADER} [parapet@32473 token="st_abc"] Failed password`)).toEqual({
    hash: sha256('st_abc'),
    left: `${HEADER} [parapet@32473 token="******"] Failed password`,
  });
});

test.each([
  ['after another element', '[a@1 b="c"][parapet@32473 token="t"] x'],
  ['after one with escapes', '[a@1 b="\\"]\\\\" c="]["][parapet@32473 token="t"] x'],
  ['without a message', '[parapet@32473 token="t"]'],
  ['with more parameters', '[parapet@32473 token="t" site="b"] x'],
])('%s', (_, rest) => expect(take(`${HEADER} ${rest}`).hash).toBe(sha256('t')));

test.each([
  ['in the message', `${HEADER} - user [parapet@32473 token="t"]`],
  ['in the message, after structured data', `${HEADER} [a@1 b="c"] [parapet@32473 token="t"]`],
  ['in a value of another element', `${HEADER} [a@1 b="[parapet@32473 token=\\"t\\"]"] x`],
  ['in RFC 3164', '<38>Nov 20 21:10:00 web-01 sshd[1]: [parapet@32473 token="t"]'],
  ['in a header that is too short', '<38>1 - - [parapet@32473 token="t"] x'],
  ['of another SD-ID', `${HEADER} [xparapet@32473 token="t"] x`],
  ['without an end', `${HEADER} [parapet@32473 token="t`],
  ['that is empty', `${HEADER} [parapet@32473 token=""] x`],
  ['that is longer than any', `${HEADER} [parapet@32473 token="${'t'.repeat(129)}"] x`],
  ['behind 4 KiB', `${HEADER} [a@1 b="${'x'.repeat(5000)}"][parapet@32473 token="t"] x`],
  ['in nothing', ''],
  ['in a priority', '<38>1 '],
])('no token: %s', (_, line) => expect(take(line)).toEqual({ hash: undefined, left: line }));
