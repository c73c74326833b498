import { base64Offsets } from '../values/base64.js';
import { literalPattern } from '../values/pattern.js';
import { RuleError } from '../problem.js';
import { bytesOf, text, textOf, valueModifier } from './modifier.js';
import type { Draft, Modifier } from './modifier.js';
import { literalOf } from '../values/pattern.js';

export const base64 = valueModifier('base64', (value) =>
  text(literalPattern(bytesOf(value, 'base64').toString('base64'))),
);

export const base64offset = valueModifier('base64offset', (value) => ({
  kind: 'either',
  values: base64Offsets(bytesOf(value, 'base64offset')).map((encoded) => text(literalPattern(encoded))),
}));

function utf16(name: string, encode: (utf16le: Buffer) => Buffer): Modifier {
  return valueModifier(name, (value): Draft => {
    const pattern = value.kind === 'bytes' ? undefined : textOf(value);
    const literal = pattern && literalOf(pattern);
    if (literal === undefined) throw new RuleError(`“${name}” needs a string without wildcards`);
    return { kind: 'bytes', bytes: encode(Buffer.from(literal, 'utf16le')) };
  });
}

const BYTE_ORDER_MARK = Buffer.from([0xff, 0xfe]);

export const utf16le = utf16('utf16le', (bytes) => bytes);
export const wide = utf16('wide', (bytes) => bytes);
export const utf16be = utf16('utf16be', (bytes) => Buffer.from(bytes).swap16());
export const utf16bom = utf16('utf16', (bytes) => Buffer.concat([BYTE_ORDER_MARK, bytes]));
