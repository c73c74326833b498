import { LineCounter, isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Alias, Document, Node, Scalar } from 'yaml';
import type { Limits } from '../limits.js';
import type { Position, Problem } from '../problem.js';
import type { MapEntry, YamlNode } from './node.js';

/** One document of a file. `root` is undefined when it could not be read; then `problems` says why. */
export interface YamlDocument {
  root: YamlNode | undefined;
  /** Where the document begins. */
  at: Position;
  problems: Problem[];
}

/**
 * Reads a multi-document YAML 1.2 text. A document that is wrong does not hide the others. Aliases are resolved within the node
 * budget, so that a few lines can't unfold into gigabytes. Empty documents are left out.
 */
export function readYaml(text: string, limits: Limits): YamlDocument[] {
  const start = { line: 1, column: 1 };
  const refuse = (message: string) => [
    { root: undefined, at: start, problems: [{ ...start, message }] } satisfies YamlDocument,
  ];
  if (text.length > limits.fileCharacters)
    return refuse(`the file has ${text.length} characters; ${limits.fileCharacters} are allowed`);
  if (deepestIndent(text) > limits.depth * 40) return refuse('the file is nested too deeply');
  const lines = new LineCounter();
  let parsed;
  try {
    parsed = parseAllDocuments(text, { lineCounter: lines, version: '1.2', merge: false });
  } catch (error) {
    // The parser recurses by nesting; what exhausts its stack is no rule.
    return refuse(error instanceof RangeError ? 'the file is nested too deeply' : String(error));
  }
  if (!Array.isArray(parsed)) return [];
  if (parsed.length > limits.documents)
    return refuse(`the file has ${parsed.length} documents; ${limits.documents} are allowed`);
  return parsed.flatMap((document) => readDocument(document, lines, limits));
}

/** Flow brackets or indentation: how deep a parser would have to recurse. */
function deepestIndent(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth);
    else if ((code === 93 || code === 125) && depth > 0) depth--;
    else if (code === 10) {
      let dashes = 0;
      while (text.charCodeAt(i + 1) === 45 || text.charCodeAt(i + 1) === 32) {
        if (text.charCodeAt(i + 1) === 45) dashes++;
        i++;
      }
      deepest = Math.max(deepest, dashes);
    }
  }
  return deepest;
}

function readDocument(document: Document.Parsed, lines: LineCounter, limits: Limits): YamlDocument[] {
  const place = (offset: number | undefined): Position => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const at = place(document.contents?.range?.[0] ?? document.range?.[0]);
  if (document.errors.length > 0) {
    const problems = document.errors.slice(0, 20).map((error) => ({
      ...place(error.pos[0]),
      message: `YAML: ${error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? error.code}`,
    }));
    return [{ root: undefined, at, problems }];
  }
  if (document.contents === null) return [];
  if (isScalar(document.contents) && document.contents.value === null) return [];
  const reader = new Reader(document, place, limits);
  try {
    return [{ root: reader.read(document.contents, 0), at, problems: [] }];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [{ root: undefined, at, problems: [{ ...error.at, message: error.message }] }];
  }
}

class Refused extends Error {
  constructor(
    readonly at: Position,
    message: string,
  ) {
    super(message);
  }
}

class Reader {
  #nodes = 0;

  constructor(
    private readonly document: Document.Parsed,
    private readonly place: (offset: number | undefined) => Position,
    private readonly limits: Limits,
  ) {}

  read(node: Node | null, depth: number): YamlNode {
    const at = this.place(node?.range?.[0]);
    this.#nodes += 1;
    if (this.#nodes > this.limits.nodes)
      throw new Refused(at, `the rule unfolds to more than ${this.limits.nodes} values`);
    if (depth > this.limits.depth)
      throw new Refused(at, `the rule is nested deeper than ${this.limits.depth}`);
    if (node === null) return { kind: 'scalar', value: null, source: '', textOffset: 0, ...at };
    if (isAlias(node)) return this.#resolve(node, at, depth);
    if (isMap(node)) {
      const entries = node.items.map((pair) => this.#entry(pair, at, depth));
      return { kind: 'map', entries, ...at };
    }
    if (isSeq(node)) return { kind: 'list', items: this.#items(node.items, depth), ...at };
    if (isScalar(node)) return this.#scalar(node, at);
    throw new Refused(at, 'this kind of YAML value is not supported');
  }

  #resolve(alias: Alias, at: Position, depth: number): YamlNode {
    const target = alias.resolve(this.document);
    if (target === undefined) throw new Refused(at, `there is no anchor “${alias.source}”`);
    return this.read(target, depth + 1);
  }

  #items(items: readonly unknown[], depth: number): YamlNode[] {
    return items.map((item) => this.read(this.#asNode(item), depth + 1));
  }

  #asNode(value: unknown): Node | null {
    if (isAlias(value) || isMap(value) || isSeq(value) || isScalar(value)) return value;
    return null;
  }

  #entry(pair: unknown, at: Position, depth: number): MapEntry {
    if (!isPair(pair)) throw new Refused(at, 'this kind of YAML value is not supported');
    const key = this.read(this.#asNode(pair.key), depth + 1);
    if (key.kind !== 'scalar') throw new Refused(key, 'a key must be text, not a list or a map');
    const value = this.#asNode(pair.value);
    const keyAt = { line: key.line, column: key.column };
    const read = this.read(value, depth + 1);
    // An absent value has no place of its own.
    if (value?.range === undefined || value === null) Object.assign(read, keyAt);
    return { key: key.source, keyAt, value: read };
  }

  #scalar(node: Scalar, at: Position): YamlNode {
    const { value } = node;
    const quoted = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE';
    const textOffset = quoted ? 1 : node.type === 'PLAIN' ? 0 : -1;
    const text = typeof value === 'string' ? value : (node.source ?? String(value));
    if (text.length > this.limits.valueCharacters)
      throw new Refused(
        at,
        `a value has ${text.length} characters; ${this.limits.valueCharacters} are allowed`,
      );
    if (typeof value === 'number' || typeof value === 'boolean' || value === null)
      return { kind: 'scalar', value, source: text, textOffset, ...at };
    return { kind: 'scalar', value: text, source: text, textOffset, ...at };
  }
}
