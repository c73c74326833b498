import type { SigmaRule } from '../ast.js';
import type { ParseOptions } from '../parse/context.js';
import { loadRules } from '../parse/load.js';
import type { LoadedRule } from '../parse/load.js';
import { RuleSet } from '../match/rule-set.js';

/** For specs: a rule of an unknown log source around a detection section. */
export function ruleText(detection: string, logSource = 'category: test'): string {
  return `title: t\nid: t\nlogsource: {${logSource}}\ndetection:\n${detection.trimEnd().replace(/^/gm, '  ')}\n`;
}

export function load(text: string, options: ParseOptions = {}): LoadedRule[] {
  return loadRules([{ path: 'rule.yml', text }], options);
}

/** The problems of a text, as `line:column message`. */
export function problemsOf(text: string, options: ParseOptions = {}): string[] {
  return load(text, options).flatMap(({ problems }) =>
    problems.map(({ line, column, message }) => `${line}:${column} ${message}`),
  );
}

export function rulesOf(text: string, options: ParseOptions = {}): SigmaRule[] {
  return load(text, options).map(({ rule, problems }) => {
    if (rule === undefined) throw new Error(JSON.stringify(problems));
    return rule;
  });
}

/** Whether a detection finds each of the events. */
export function finds(
  detection: string,
  events: readonly Record<string, unknown>[],
  options: ParseOptions = {},
): boolean[] {
  const set = new RuleSet(rulesOf(ruleText(detection), options));
  return events.map((event) => set.match(event).length > 0);
}
