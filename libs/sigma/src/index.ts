export type {
  CorrelationRule,
  CorrelationType,
  DetectionRule,
  FilterRule,
  Level,
  LogSource,
  RuleHeader,
  SigmaRule,
  Status,
} from './ast.js';
export { LEVELS, STATUSES } from './ast.js';
export { DEFAULT_LIMITS, TENANT_LIMITS } from './limits.js';
export type { Limits } from './limits.js';
export { flattenEvent } from './match/flatten.js';
export { RuleSet } from './match/rule-set.js';
export type { ParseOptions } from './parse/context.js';
export { loadRules } from './parse/load.js';
export type { LoadedRule, RuleFile } from './parse/load.js';
export type { Position, Problem } from './problem.js';
export { eventTime } from './taxonomy/event-time.js';
export { fieldNames } from './taxonomy/fields.js';
export { CorrelationEngine } from './correlation/engine.js';
export type { CorrelationAnswer, CorrelationMatch, Sighting } from './correlation/engine.js';
export { episodes } from './correlation/episodes.js';
export { completionSegment, correlationSegments } from './correlation/segments.js';
export { absorb as absorbObservations, settleObservations } from './correlation/state.js';
export { MemoryCorrelationStore } from './correlation/memory-store.js';
export type {
  Completion,
  CorrelationOp,
  CorrelationResult,
  CorrelationSpec,
  CorrelationStore,
  Observation,
} from './correlation/store.js';
export type { FlatEvent } from './match/flatten.js';
