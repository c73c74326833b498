export { compileParser } from './compile.js';
export type { CompiledParser } from './compile.js';
export { LONGEST_LINE, LONGEST_PATTERN, MOST_CAPTURES, MOST_PATTERNS } from './definition.js';
export type { ParserDefinition, ParserProblem } from './definition.js';
export { GROK_PATTERNS } from './grok-patterns/index.js';
export { TenantParsers } from './tenant-parsers.js';
