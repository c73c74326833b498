export { ACTIVITY_DETECTORS, detectActivity } from './activity.js';
export type { SourceActivity } from './activity.js';
export { detect } from './detect.js';
export type { Detection, TenantDetectors } from './detect.js';
export type { Detector, Sees, Sighting, Technique, Watch } from './detectors/detector.js';
export { DETECTORS, detectorOf } from './detectors/registry.js';
export type { Connection, FailedLogin, Login } from './detectors/subjects.js';
export { SILENCE_LOOKBACK_MS } from './detectors/silent-source.js';
export { isExcepted } from './exceptions.js';
export * from './rules/index.js';
export { MemoryWindowStore } from './windows/memory-window-store.js';
export { planSegments, settle, windowKey } from './windows/segments.js';
export type { SegmentAnswer, SegmentDelta } from './windows/segments.js';
export { MOST_OF_TRAIL } from './windows/window-state.js';
export type { Span } from './windows/spans.js';
export { MARK_KEY, NOTHING } from './windows/window.js';
export type {
  Member,
  Observation,
  TrailPoint,
  WindowMode,
  WindowOp,
  WindowRegion,
  WindowResult,
  WindowSpec,
  WindowStore,
} from './windows/window.js';
