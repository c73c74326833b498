import type { Position } from './problem.js';
import type { Cidr } from './values/cidr.js';
import type { Pattern } from './values/pattern.js';

/** `level` of the specification, mildest first. */
export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

export const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;
export type Status = (typeof STATUSES)[number];

/** What every kind of rule says about itself. */
export interface RuleHeader {
  title: string;
  /** The rule's id, else its name, else its title: what matches are reported under. */
  ruleId: string;
  id: string | undefined;
  name: string | undefined;
  status: Status | undefined;
  level: Level | undefined;
  description: string | undefined;
  author: string | undefined;
  /** Lower case, such as `attack.t1110`. */
  tags: readonly string[];
  references: readonly string[];
  falsePositives: readonly string[];
  fields: readonly string[];
  /** Where the document begins. */
  at: Position;
}

export interface LogSource {
  readonly category: string | undefined;
  readonly product: string | undefined;
  readonly service: string | undefined;
}

export type CompareOperator = 'lt' | 'lte' | 'gt' | 'gte' | 'eq';
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
export type TextShape = 'equals' | 'startswith' | 'endswith' | 'contains';

/** One thing that a field is asked for, after the modifiers. */
export type Value =
  | { readonly kind: 'text'; readonly pattern: Pattern; readonly cased: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'exists'; readonly expected: boolean }
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  | { readonly kind: 'cidr'; readonly network: Cidr }
  | {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly number: number;
      /** Compare this part of a date instead of the field itself. */
      readonly part: TimePart | undefined;
    }
  | {
      readonly kind: 'fieldref';
      readonly field: string;
      readonly shape: TextShape;
      readonly cased: boolean;
    }
  /** One value that a modifier made several of (windash, base64offset, placeholders): any of them. */
  | { readonly kind: 'either'; readonly values: readonly Value[] };

/** A field and its values, or (without a field) keywords for the whole event. */
export interface DetectionItem {
  readonly kind: 'item';
  readonly field: string | undefined;
  readonly values: readonly Value[];
  /** `all`: every value must be found (the modifier `all`). */
  readonly link: 'any' | 'all';
  /** `neq`: true when the values are not found. */
  readonly negated: boolean;
}

/** A search identifier's content: maps are `and`, lists are `or`. */
export type Selection = DetectionItem | { readonly kind: 'and' | 'or'; readonly parts: readonly Selection[] };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'of'; readonly quantifier: 'any' | 'all'; readonly names: readonly string[] };

export interface Detection {
  readonly selections: ReadonlyMap<string, Selection>;
  /** A list of conditions is joined with `or`. */
  readonly condition: Condition;
}

export interface DetectionRule extends RuleHeader {
  readonly kind: 'detection';
  readonly logSource: LogSource;
  readonly detection: Detection;
}

export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
  'value_min',
  'value_max',
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];

export interface CorrelationLimit {
  readonly operator: CompareOperator;
  readonly number: number;
}

export interface CorrelationRule extends RuleHeader {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  /** Ids or names, in the order written. */
  readonly rules: readonly { readonly reference: string; readonly at: Position }[];
  readonly groupBy: readonly string[];
  readonly timespanMs: number;
  /** All must hold. */
  readonly limits: readonly CorrelationLimit[];
  /** The field(s) whose values are counted or computed on. */
  readonly valueFields: readonly string[];
  /** 0–100, of `value_percentile`. */
  readonly percentile: number;
  /** Alias → rule reference → field. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Whether the referenced rules report matches of their own as well. */
  readonly generate: boolean;
}

export interface FilterRule extends RuleHeader {
  readonly kind: 'filter';
  readonly logSource: LogSource;
  /** Ids or names; `any` is every rule of the log source. */
  readonly rules: readonly string[] | 'any';
  readonly detection: Detection;
}

export type SigmaRule = DetectionRule | CorrelationRule | FilterRule;
