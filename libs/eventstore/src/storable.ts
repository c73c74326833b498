const LONE_SURROGATE = /\p{Surrogate}/gu;
const NUL = '\u0000';
/** SYMBOL FOR NULL: PostgreSQL text can't hold U+0000, and an event must not be lost for one. */
const VISIBLE_NUL = '\u2400';

/** The text with what PostgreSQL refuses made visible: U+0000 becomes U+2400, half a surrogate pair U+FFFD. */
export function storableText(text: string): string {
  const visible = text.includes(NUL) ? text.replaceAll(NUL, VISIBLE_NUL) : text;
  return LONE_SURROGATE.test(visible) ? visible.replace(LONE_SURROGATE, '\ufffd') : visible;
}

/** JSON for a jsonb column: like JSON.stringify, with every text and name made storable. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // Both are escaped by JSON.stringify; a false alarm (an escaped backslash before them) costs a second pass only.
  if (!json.includes('\\u0000') && !json.includes('\\ud')) return json;
  return JSON.stringify(storable(value));
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [storableText(name), storable(item)]),
    );
  }
  return value;
}
