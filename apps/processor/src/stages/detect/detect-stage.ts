import type { EventSection } from '@parapet/contracts';
import {
  detect,
  detectRules,
  type Detection,
  type EvidenceStore,
  type RuleCount,
  type TenantDetectors,
  type TenantRules,
  type WindowStore,
} from '@parapet/detection';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { RuleHealth } from './rule-health.js';

/** What was found in a batch. */
export interface Findings {
  detections: Detection[];
  /** To be counted in the transaction that stores the batch. */
  ruleCounts: RuleCount[];
}

export interface DetectStageParts {
  detectors: (tenantId: string) => TenantDetectors;
  rules: (tenantId: string) => TenantRules;
  windows: WindowStore;
  correlations: EvidenceStore;
  health: Pick<RuleHealth, 'failed' | 'timed'>;
  logger: Logger;
}

/** How often rules are timed, and how many at a time on how many events: about a millisecond. */
const SAMPLE_EVERY_MS = 5000;
const SAMPLE_RULES = 10;
const SAMPLE_EVENTS = 20;

/** Built-in detectors and Sigma rules over a batch. Throws what the stores throw. */
export class DetectStage {
  private sampledAt = 0;

  constructor(private readonly parts: DetectStageParts) {}

  async run(sections: readonly EventSection[]): Promise<Findings> {
    // Called in one tick, so that the sections' windows are moved in one round trip.
    const found = await Promise.all(sections.map((section) => this.runSection(section)));
    return {
      detections: found.flatMap(({ detections }) => detections),
      ruleCounts: found.flatMap(({ ruleCounts }) => ruleCounts),
    };
  }

  private async runSection(section: EventSection): Promise<Findings> {
    const { detectors, rules, windows, correlations } = this.parts;
    const { tenantId } = section;
    const own = rules(tenantId);
    const [builtIn, sigma] = await Promise.all([
      detect(section, detectors(tenantId), windows),
      detectRules(section, own, correlations),
    ]);
    for (const { ruleId, reason } of sigma.faults) this.takenOut(tenantId, ruleId, reason);
    if (sigma.forgotten > 0) metrics.correlationForgotten.inc(sigma.forgotten);
    this.sample(section, own);
    return { detections: [...builtIn, ...sigma.detections], ruleCounts: sigma.counts };
  }

  private takenOut(tenantId: string, ruleId: string, reason: string): void {
    countFailure('processor', 'rule');
    this.parts.health.failed(tenantId, ruleId, `it was taken out until rules change: ${reason}`);
    this.parts.logger.error({ tenantId, ruleId, reason }, 'a rule was taken out');
  }

  private sample({ tenantId, events }: EventSection, { sets }: TenantRules): void {
    const now = performance.now();
    if (now - this.sampledAt < SAMPLE_EVERY_MS) return;
    this.sampledAt = now;
    const some = events.slice(0, SAMPLE_EVENTS);
    for (const { set, idOf } of sets) {
      for (const { rule, microseconds } of set.sample(some, SAMPLE_RULES, () => performance.now())) {
        const ruleId = idOf(rule);
        if (ruleId !== undefined) this.parts.health.timed(tenantId, ruleId, some.length, microseconds);
      }
    }
  }
}

/** Rules are as many as tenants write; they share a label. */
export const detectorLabel = (detector: string): string => (detector.startsWith('rule:') ? 'rule' : detector);
