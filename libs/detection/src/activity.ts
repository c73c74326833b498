import type { DetectorKind, DetectorSettings } from '@parapet/contracts';
import type { Detection } from './detect.js';
import type { Detector } from './detectors/detector.js';
import { judgeRate, rateSpike } from './detectors/rate-spike.js';
import { judgeSilence, silentSource } from './detectors/silent-source.js';
import { exceptionApplies, exceptsPrefix } from './exceptions.js';
import { scoreOf } from './score.js';

/** How much a source sent, by hour of receipt. */
export interface SourceActivity {
  tenantId: string;
  sourceId: string;
  name: string;
  /** Its address prefix. */
  prefix: string;
  /** Starts of hours in which it sent (epoch ms), earliest first, and how many events each had. */
  hours: readonly number[];
  events: readonly number[];
  /** Receipt of its last event, epoch ms. */
  lastEventAt: number;
}

/** What an activity detector found: when, and in words. */
export interface ActivityFinding {
  /** Epoch ms. */
  from: number;
  to: number;
  description: string;
  /** How many times above what is allowed; raises the score. */
  excess: number;
}

export interface ActivityDetector {
  detector: Detector;
  /** @param now epoch ms @param watchedSince since when somebody has been looking, epoch ms */
  judge(
    activity: SourceActivity,
    settings: DetectorSettings,
    now: number,
    watchedSince: number,
  ): ActivityFinding | null;
}

/** Detectors over what each source sends, judged every minute; a file and a row each. */
export const ACTIVITY_DETECTORS: readonly ActivityDetector[] = [
  { detector: rateSpike, judge: judgeRate },
  { detector: silentSource, judge: judgeSilence },
];

/** What one source's activity says now, by the tenant's settings. */
export function detectActivity(
  activity: SourceActivity,
  detectors: Partial<Record<DetectorKind, DetectorSettings>>,
  now: number,
  watchedSince: number,
): Detection[] {
  return ACTIVITY_DETECTORS.flatMap(({ detector, judge }): Detection[] => {
    const settings = detectors[detector.kind] ?? detector.defaults;
    if (!settings.enabled || isExceptedSource(activity, settings, now)) return [];
    const finding = judge(activity, settings, now, watchedSince);
    if (finding === null) return [];
    const { severity, windowSeconds } = settings;
    return [
      {
        detector: detector.kind,
        tenantId: activity.tenantId,
        group: { 'parapet.source_id': activity.sourceId },
        groupKey: activity.sourceId,
        from: finding.from,
        to: finding.to,
        ownEvents: [],
        memberIds: [],
        severity,
        score: scoreOf(severity, detector.confidence, finding.excess, 1),
        title: `${detector.name}: ${activity.name}`,
        description: finding.description,
        technique: detector.technique,
        windowSeconds,
        historical: false,
      },
    ];
  });
}

function isExceptedSource({ name, prefix }: SourceActivity, settings: DetectorSettings, at: number): boolean {
  return (
    exceptsPrefix(settings, prefix, at) ||
    exceptionApplies(settings, { address: null, user: null, host: name, at })
  );
}
