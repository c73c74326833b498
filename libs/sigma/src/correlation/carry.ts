type Field = readonly [name: string, values: readonly string[]];

/** Fields that go along with an observation, for the correlations above: `[[name, [value, …]], …]`. */
export function formatCarry(fields: readonly Field[]): string {
  return JSON.stringify(fields.filter(([, values]) => values.length > 0));
}

/** What `formatCarry` wrote; anything else reads as no fields. */
export function parseCarry(text: string): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, readonly string[]>();
  const parsed: unknown = text === '' ? [] : JSON.parse(text);
  if (!Array.isArray(parsed)) return fields;
  for (const field of parsed) {
    if (!Array.isArray(field)) continue;
    const [name, values]: unknown[] = field;
    if (typeof name === 'string' && Array.isArray(values)) fields.set(name, values.map(String));
  }
  return fields;
}
