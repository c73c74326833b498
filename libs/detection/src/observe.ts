import type { DetectorSettings, NormalizedEvent } from '@parapet/contracts';
import type { TenantDetectors } from './detect.js';
import type { Detector, Sees, Sighting, Watch } from './detectors/detector.js';
import { DETECTORS } from './detectors/registry.js';
import { connectionOf, failedLoginOf, isAuthentication, loginOf } from './detectors/subjects.js';
import { isExcepted } from './exceptions.js';
import type { Observation, WindowSpec } from './windows/window.js';

/** Who wants to know what becomes of a window: a watch of a detector, with the tenant's settings. */
export interface Reader {
  detector: Detector;
  watch: Watch;
  settings: DetectorSettings;
}

/** What a batch has to say about one group of one window. */
export interface Counted {
  /** Whose windows they are. */
  detector: string;
  spec: WindowSpec;
  group: Record<string, string>;
  groupKey: string;
  observations: Observation[];
  readers: Reader[];
}

interface Lane extends Reader {
  /** Name of the windows' owner. */
  owner: string;
  spec: WindowSpec;
  /** Of the lane that it shares with, where it does. */
  groups: Map<string, Counted>;
}

/** Reads each event once, and gathers by window and group what the tenant's detectors make of it. */
export function observeAll(events: readonly NormalizedEvent[], detectors: TenantDetectors): Counted[] {
  const lanes = lanesOf(detectors);
  const failedLogin = lanes.filter(({ watch }) => watch.sees.failedLogin !== undefined);
  const login = lanes.filter(({ watch }) => watch.sees.login !== undefined);
  const connection = lanes.filter(({ watch }) => watch.sees.connection !== undefined);
  const any = lanes.filter(({ watch }) => watch.sees.event !== undefined);
  for (const event of events) {
    const outcome = event['event.outcome'];
    if (outcome === 'failure' && failedLogin.length > 0 && isAuthentication(event)) {
      const seen = failedLoginOf(event);
      if (seen !== null) show(failedLogin, event, (sees) => sees.failedLogin?.(seen));
    } else if (outcome === 'success' && login.length > 0 && isAuthentication(event)) {
      const seen = loginOf(event);
      if (seen !== null) show(login, event, (sees) => sees.login?.(seen));
    }
    if (connection.length > 0 && event['destination.port'] !== undefined) {
      const seen = connectionOf(event);
      if (seen !== null) show(connection, event, (sees) => sees.connection?.(seen));
    }
    if (any.length > 0) show(any, event, (sees) => sees.event?.(event));
  }
  return [...new Set(lanes.map(({ groups }) => groups))].flatMap((groups) => [...groups.values()]);
}

function show(
  lanes: readonly Lane[],
  event: NormalizedEvent,
  observe: (sees: Sees) => Sighting | null | undefined,
): void {
  for (const lane of lanes) {
    const sighting = observe(lane.watch.sees);
    if (sighting === null || sighting === undefined || isExcepted(lane.settings, event)) continue;
    addTo(lane, sighting);
  }
}

function addTo(lane: Lane, { group, observation }: Sighting): void {
  const values = Object.values(group).join('|');
  // A detector that groups in two ways must not take a user for an address.
  const groupKey = lane.watch.by === undefined ? values : `${lane.watch.by}=${values}`;
  let counted = lane.groups.get(groupKey);
  if (counted === undefined) {
    const { owner, spec } = lane;
    counted = { detector: owner, spec, group, groupKey, observations: [], readers: [] };
    lane.groups.set(groupKey, counted);
  }
  if (!counted.readers.some(({ watch }) => watch === lane.watch)) counted.readers.push(lane);
  // Who shares windows has seen the same event a moment ago.
  if (counted.observations.at(-1)?.id !== observation.id) counted.observations.push(observation);
}

function lanesOf(detectors: TenantDetectors): Lane[] {
  const lanes: Lane[] = [];
  for (const detector of DETECTORS) {
    const settings = detectors[detector.kind] ?? detector.defaults;
    if (!settings.enabled) continue;
    for (const watch of detector.watches) {
      const spec = specOf(watch, settings);
      const shared = lanes.find(
        (lane) => lane.detector.kind === watch.sharesWith && canShare(lane, spec, settings),
      );
      const owner = shared?.owner ?? detector.kind;
      lanes.push({
        detector,
        watch,
        settings,
        owner,
        spec,
        groups: shared?.groups ?? new Map<string, Counted>(),
      });
    }
  }
  return lanes;
}

function specOf({ mode, windowMs, slotMs }: Watch, settings: DetectorSettings): WindowSpec {
  const length = windowMs?.(settings) ?? settings.windowSeconds * 1000;
  return mode === 'trail'
    ? { windowMs: length, threshold: 1, mode, slotMs: slotMs?.(settings) ?? length }
    : { windowMs: length, threshold: settings.threshold, mode };
}

function canShare({ spec, settings }: Lane, wanted: WindowSpec, others: DetectorSettings): boolean {
  return (
    spec.mode === wanted.mode &&
    spec.threshold === wanted.threshold &&
    spec.windowMs === wanted.windowMs &&
    (settings.exceptions.length === 0 && others.exceptions.length === 0
      ? true
      : JSON.stringify(settings.exceptions) === JSON.stringify(others.exceptions))
  );
}
