import type { Problem } from '../problem.js';
import type { YamlDocument } from '../yaml/read.js';
import { entryOf } from '../yaml/node.js';
import type { MapNode, YamlNode } from '../yaml/node.js';

/**
 * Rule collections: a document with `action: global` is merged into those behind it, `reset` forgets it, `repeat` merges into
 * the document before. Every other document passes through.
 */
export function applyGlobals(documents: readonly YamlDocument[]): YamlDocument[] {
  let global: MapNode | undefined;
  let previous: MapNode | undefined;
  const result: YamlDocument[] = [];
  for (const document of documents) {
    const { root } = document;
    if (root?.kind !== 'map') {
      result.push(document);
      continue;
    }
    const action = entryOf(root, 'action')?.value;
    if (action === undefined) {
      previous = global === undefined ? root : merge(global, root);
      result.push({ ...document, root: previous });
      continue;
    }
    const name = action.kind === 'scalar' ? action.source : '';
    const own = without(root, 'action');
    if (name === 'global') global = global === undefined ? own : merge(global, own);
    else if (name === 'reset') global = undefined;
    else if (name === 'repeat' && previous !== undefined) {
      previous = merge(previous, own);
      result.push({ ...document, root: previous });
    } else result.push({ ...document, root: undefined, problems: [refuse(action, name)] });
  }
  return result;
}

function refuse(at: YamlNode, name: string): Problem {
  const message =
    name === 'repeat'
      ? 'there is no rule before this one to repeat'
      : `“${name}” is no action; use global, reset or repeat`;
  return { line: at.line, column: at.column, message };
}

function without(map: MapNode, key: string): MapNode {
  return { ...map, entries: map.entries.filter((entry) => entry.key !== key) };
}

/** Maps are merged key by key; anything else is replaced. */
function merge(base: MapNode, over: MapNode): MapNode {
  const kept = base.entries.filter(({ key }) => entryOf(over, key) === undefined);
  const merged = over.entries.map((entry) => {
    const below = entryOf(base, entry.key)?.value;
    return below?.kind === 'map' && entry.value.kind === 'map'
      ? { ...entry, value: merge(below, entry.value) }
      : entry;
  });
  return { ...over, entries: [...kept, ...merged] };
}
