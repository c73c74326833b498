/** Groups that one event may belong to, when its fields are lists. */
const MAX_GROUPS = 16;

/** A field's values as text; empty when it has none. */
export function fieldTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  return Array.isArray(value) ? [...new Set(value.flatMap(fieldTexts))].slice(0, MAX_GROUPS) : [];
}

/** Every way to take one value of each field: none when a field has no value, one empty way when there are no fields. */
export function groupsOf(fields: readonly (readonly string[])[]): string[][] {
  let groups: string[][] = [[]];
  for (const values of fields)
    groups = groups.flatMap((group) => values.map((value) => [...group, value])).slice(0, MAX_GROUPS);
  return groups;
}
