import { cidr } from './cidr.js';
import { COMPARE_MODIFIERS, TIME_MODIFIERS } from './compare.js';
import { base64, base64offset, utf16be, utf16bom, utf16le, wide } from './encoding.js';
import { expand } from './expand.js';
import { fieldref } from './fieldref.js';
import { all, exists, neq } from './logic.js';
import type { Modifier } from './modifier.js';
import { REGEX_FLAGS, re } from './regex.js';
import { cased, contains, endswith, startswith } from './text.js';
import { windash } from './windash.js';

/** Every modifier of the appendix 2.1.0. A new one is an object and a row. */
export const MODIFIERS: ReadonlyMap<string, Modifier> = new Map(
  [
    all,
    base64,
    base64offset,
    cased,
    cidr,
    contains,
    endswith,
    exists,
    expand,
    fieldref,
    neq,
    re,
    startswith,
    utf16be,
    utf16bom,
    utf16le,
    wide,
    windash,
    ...COMPARE_MODIFIERS,
    ...REGEX_FLAGS,
    ...TIME_MODIFIERS,
  ].map((modifier) => [modifier.name, modifier]),
);

export type { Draft, ItemDraft, Modifier, ModifierContext } from './modifier.js';
export { textOf } from './modifier.js';
