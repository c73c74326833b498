import type { AlertDetail, Severity } from '@parapet/contracts';
import { clip, headerText, visible } from './plain-text.js';

const EVIDENCE_LINES = 10;
const LINE_CHARS = 400;
const TEXT_CHARS = 2000;
const SUBJECT_CHARS = 160;

/** What a mail about an alert says; the texts are plain, with what would steer a terminal or a reader made visible. */
export interface AlertMail {
  subject: string;
  severity: Severity;
  severityLabel: string;
  title: string;
  description: string;
  tenant: string;
  url: string;
  facts: readonly { label: string; value: string }[];
  evidence: readonly string[];
  /** Events beyond the lines shown. */
  more: number;
}

const SEVERITY_LABEL: Record<Severity, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};

/** 2026-11-20 21:49:03 UTC */
const utc = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

export function alertMail(alert: AlertDetail, tenant: string, publicUrl: string): AlertMail {
  const severityLabel = SEVERITY_LABEL[alert.severity];
  const fact = (label: string, value: string) => ({ label, value: clip(visible(value), LINE_CHARS) });
  const evidence = alert.events.slice(0, EVIDENCE_LINES);
  return {
    subject: clip(headerText(`[Parapet] ${severityLabel}: ${alert.title} · ${tenant}`), SUBJECT_CHARS),
    severity: alert.severity,
    severityLabel,
    title: clip(visible(alert.title), 300),
    description: clip(visible(alert.description), TEXT_CHARS),
    tenant: visible(tenant),
    url: `${publicUrl}/alerts/${alert.id}`,
    facts: [
      ...Object.entries(alert.group).map(([field, value]) => fact(field, value)),
      fact('Events', alert.eventCount.toLocaleString('en-US')),
      fact('First seen', utc(alert.firstSeen)),
      fact('Last seen', utc(alert.lastSeen)),
      ...(alert.technique
        ? [fact('Technique', `${alert.technique.id} ${alert.technique.name} (${alert.technique.tactic})`)]
        : []),
      fact('Score', `${alert.score} of 100`),
    ],
    evidence: evidence.map((event) =>
      clip(visible(event['event.original'].slice(0, 4 * LINE_CHARS).trimEnd()), LINE_CHARS),
    ),
    more: Math.max(0, alert.eventCount - evidence.length),
  };
}
