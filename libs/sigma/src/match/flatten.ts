/** An event's fields by dotted name. */
export type FlatEvent = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 16;
const MAX_FIELDS = 5000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Nested objects become dotted names; a list of objects becomes one list a name. The parts of a Windows event in XML form (`Event.System`,
 * `Event.EventData`) get the names that Sigma gives them: `EventID`, `Provider_Name`, `Image`. What is nested deeper than 16 or comes after 5,000
 * fields is left out.
 */
export function flattenEvent(event: Readonly<Record<string, unknown>>): FlatEvent {
  if (!needsFlattening(event)) return event;
  const flat: Record<string, unknown> = {};
  const budget = { fields: MAX_FIELDS };
  const xml = event['Event'];
  if (isObject(xml)) {
    addWindowsPart(xml['System'], flat, budget);
    addWindowsPart(xml['EventData'], flat, budget);
    // UserData has one element of the provider's own, which holds the fields.
    if (isObject(xml['UserData']))
      for (const element of Object.values(xml['UserData'])) addWindowsPart(element, flat, budget);
  }
  add(event, '', 0, flat, budget);
  return flat;
}

function needsFlattening(event: Readonly<Record<string, unknown>>): boolean {
  for (const name in event) {
    const value = event[name];
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value) || value.some(isObject)) return true;
  }
  return false;
}

function add(
  object: Readonly<Record<string, unknown>>,
  prefix: string,
  depth: number,
  flat: Record<string, unknown>,
  budget: { fields: number },
): void {
  if (depth > MAX_DEPTH) return;
  for (const [name, value] of Object.entries(object)) {
    const path = prefix + name;
    if (isObject(value)) add(value, `${path}.`, depth + 1, flat, budget);
    else if (Array.isArray(value) && value.some(isObject)) {
      for (const item of value) {
        if (isObject(item)) add(item, `${path}.`, depth + 1, flat, budget);
        else append(flat, path, item, budget);
      }
    } else append(flat, path, value, budget);
  }
}

/** A name that comes again (in a list of objects) gathers its values. */
function append(
  flat: Record<string, unknown>,
  path: string,
  value: unknown,
  budget: { fields: number },
): void {
  if (budget.fields <= 0) return;
  budget.fields -= 1;
  if (!Object.hasOwn(flat, path)) {
    Object.defineProperty(flat, path, { value, writable: true, enumerable: true, configurable: true });
    return;
  }
  const before = flat[path];
  const list: unknown[] = Array.isArray(before) ? before : [before];
  flat[path] = list.concat(value);
}

/** `{Provider: {#attributes: {Name: …}}}` → `Provider_Name` (sigma-rules-specification 2.1.0, Field Usage 3). */
function addWindowsPart(part: unknown, flat: Record<string, unknown>, budget: { fields: number }): void {
  if (!isObject(part)) return;
  for (const [name, value] of Object.entries(part)) {
    if (!isObject(value)) {
      append(flat, name, value, budget);
      continue;
    }
    if (name === '#attributes') continue;
    const attributes = isObject(value['#attributes']) ? value['#attributes'] : value;
    for (const [attribute, content] of Object.entries(attributes))
      if (!isObject(content)) append(flat, `${name}_${attribute}`, content, budget);
    if ('#text' in value) append(flat, name, value['#text'], budget);
  }
}
