import type { DetectorKind, DetectorSettings, NormalizedEvent } from '@parapet/contracts';
import type { Observation, WindowMode } from '../windows/window.js';

/** What a detector sees in one event: for whom it counts, and how. */
export interface Sighting {
  /** What the counted events have in common, as ECS field → value. */
  group: Record<string, string>;
  observation: Observation;
}

export interface Technique {
  /** ATT&CK id, such as T1110. */
  id: string;
  name: string;
  tactic: string;
}

/** One built-in detector: a file beside this one and a row in `registry.ts`. */
export interface Detector {
  kind: DetectorKind;
  name: string;
  description: string;
  technique: Technique;
  defaults: DetectorSettings;
  mode: WindowMode;
  /** How sure a hit is that it was an attack, 0–1; the score is made of it and the severity. */
  confidence: number;
  /** Null for an event that doesn't count. Exceptions are not its business. */
  observe(event: NormalizedEvent): Sighting | null;
  title(group: Record<string, string>): string;
  /** One sentence for people: what was reached, with which settings. It stays true as the alert goes on counting. */
  explain(group: Record<string, string>, settings: DetectorSettings): string;
}
