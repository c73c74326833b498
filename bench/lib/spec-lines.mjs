// The log lines that the decoders' own specs hold: every decoder's, and a new decoder's as soon as it has a spec.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const SOURCES = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'libs/normalize/src');
/** Stands where a template has an expression that is no constant of the file: nearly always an address. */
const INSERTED = '203.0.113.9';
const SHORTEST_LINE = 16;

/** Name → value of the constants of the file that is being read. */
let constants = new Map();

/** The texts that make up a template. */
function templateText({ head, templateSpans }) {
  return templateSpans.reduce(
    (text, { expression, literal }) => text + String(valueOf(expression) ?? INSERTED) + literal.text,
    head.text,
  );
}

/** A literal, or a constant of the file, as a value; undefined for all that is computed. */
function valueOf(node) {
  if (ts.isIdentifier(node)) return constants.get(node.text);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return templateText(node);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (node.kind === ts.SyntaxKind.NullKeyword) return null;
  if (ts.isArrayLiteralExpression(node)) return listOf(node.elements);
  if (ts.isObjectLiteralExpression(node)) return recordOf(node.properties);
  return undefined;
}

function listOf(elements) {
  const values = elements.map(valueOf);
  return values.includes(undefined) ? undefined : values;
}

/** What is computed is left out of a record: the rest of it is still a record of its kind. */
function recordOf(properties) {
  const record = {};
  for (const property of properties) {
    if (!ts.isPropertyAssignment(property)) continue;
    const { name } = property;
    if (!ts.isIdentifier(name) && !ts.isStringLiteralLike(name)) continue;
    const value = valueOf(property.initializer);
    if (value !== undefined) record[name.text] = value;
  }
  return Object.keys(record).length >= 2 ? record : undefined;
}

/** @returns {{text: string, spec: string}[]} the lines, and the records as JSON, each once; `spec`: the text of the file it stands in */
export function specLines() {
  const files = readdirSync(SOURCES, { recursive: true })
    .filter((file) => file.endsWith('.spec.ts'))
    .sort();
  const found = new Map();
  for (const file of files) {
    const spec = readFileSync(join(SOURCES, file), 'utf8');
    const add = (text) => found.has(text) || found.set(text, { text, spec });
    constants = new Map();
    const visit = (node) => {
      if (ts.isImportDeclaration(node)) return;
      if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
        const constant = valueOf(node.initializer);
        if (typeof constant === 'string') constants.set(node.name.text, constant);
      }
      const value = valueOf(node);
      if (typeof value === 'string' && value.length >= SHORTEST_LINE) add(value);
      else if (value !== null && typeof value === 'object' && !Array.isArray(value))
        add(JSON.stringify(value));
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, spec, ts.ScriptTarget.Latest, false));
  }
  return [...found.values()];
}
