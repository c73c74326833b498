import type { Position } from '../problem.js';

/** A YAML document as plain nodes that know where they stand; aliases are resolved. */
export type YamlNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode extends Position {
  kind: 'scalar';
  value: string | number | boolean | null;
  /** The text as written, without quotes. */
  source: string;
  /** Columns from the node's own to the first character of the text (1 for a quote); -1 for block scalars. */
  textOffset: number;
}

export interface ListNode extends Position {
  kind: 'list';
  items: YamlNode[];
}

export interface MapEntry {
  key: string;
  keyAt: Position;
  value: YamlNode;
}

export interface MapNode extends Position {
  kind: 'map';
  entries: MapEntry[];
}

/** The entry of a map, or undefined. */
export function entryOf(map: MapNode, key: string): MapEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

export function describe(node: YamlNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  return node.value === null ? 'null' : `a ${typeof node.value}`;
}
