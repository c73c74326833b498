import type { DetectorKind, DetectorSettings, NormalizedEvent, Severity } from '@parapet/contracts';
import type { Observation, TrailPoint, WindowMode, WindowRegion } from '../windows/window.js';
import type { Connection, FailedLogin, Login } from './subjects.js';

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

/** What a watch is shown. Each event is read once for all detectors; a function that is absent costs nothing. */
export interface Sees {
  failedLogin?(login: FailedLogin): Sighting | null;
  login?(login: Login): Sighting | null;
  connection?(connection: Connection): Sighting | null;
  /** Any event. */
  event?(event: NormalizedEvent): Sighting | null;
}

/** One kind of window that a detector keeps. */
export interface Watch {
  mode: WindowMode;
  sees: Sees;
  /** Part of the window's and the group's name, where a detector has several; what it groups by. */
  by?: string;
  /**
   * Another detector that makes the same observations: with the same threshold, window and exceptions the two share
   * their windows, which halves the cost.
   */
  sharesWith?: DetectorKind;
  /** Default: the settings' window. */
  windowMs?(settings: DetectorSettings): number;
  /** Mode `trail` alone. */
  slotMs?(settings: DetectorSettings): number;
  /** What is reported: where the threshold is reached, marks after that, or what `judge` finds in a trail. */
  reports:
    | 'regions'
    | 'marked'
    | {
        /** @param own the batch's observations of the group, @param trail they and what is known around them, by time */
        judge(
          trail: readonly TrailPoint[],
          own: readonly Observation[],
          settings: DetectorSettings,
        ): WindowRegion[];
      };
}

/** One built-in detector: a file beside this one and a row in `registry.ts`. */
export interface Detector {
  kind: DetectorKind;
  name: string;
  description: string;
  technique: Technique;
  defaults: DetectorSettings;
  /** What the two numbers mean for people, with their units. */
  labels: { threshold: string; window: string };
  /** How sure a hit is that it was an attack, 0–1; the score is made of it and the severity. */
  confidence: number;
  /** None: the detector looks at how much each source sends (`activity.ts`), not at events. */
  watches: readonly Watch[];
  /** Of these events, where it is not always that of the settings. */
  severityOf?(events: readonly NormalizedEvent[], settings: DetectorSettings): Severity;
  title(group: Record<string, string>): string;
  /** One sentence for people: what was reached, with which settings. It stays true as the alert goes on counting. */
  explain(group: Record<string, string>, settings: DetectorSettings): string;
}
