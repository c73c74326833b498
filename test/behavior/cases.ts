import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DETECTOR_KINDS, detectorSettingsSchema } from '@parapet/contracts';

/** Facility and severity that a program's lines usually carry (RFC 5424 §6.2.1): auth.info, kern.warning. */
const PRIORITY: Record<string, number> = { kernel: 4 };
const START = Date.parse('2026-03-03T01:44:00Z');
/** RFC 3164 has no year: a time that is surely taken as the past. */
const START_WITHOUT_YEAR = Math.floor(Date.now() / 1000) * 1000 - 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const lineSchema = z
  .object({
    at: z.number(),
    every: z.number().default(0),
    repeat: z.int().min(1).default(1),
    tenant: z.enum(['A', 'B']).default('A'),
    program: z.string(),
    text: z.string(),
  })
  .strict();

const caseSchema = z
  .object({
    name: z.string(),
    format: z.enum(['rfc5424', 'rfc3164']).default('rfc5424'),
    detectors: z
      .partialRecord(
        z.enum(['A', 'B']),
        z.partialRecord(z.enum(DETECTOR_KINDS), detectorSettingsSchema.partial()),
      )
      .default({}),
    /** What a feed of the tenant lists. */
    indicators: z.partialRecord(z.enum(['A', 'B']), z.array(z.string())).default({}),
    lines: z.array(lineSchema),
    alerts: z.array(
      z
        .object({
          tenant: z.enum(['A', 'B']),
          detector: z.string(),
          group: z.record(z.string(), z.string()),
          events: z.int().optional(),
        })
        .strict(),
    ),
  })
  .strict();

export type ExpectedAlert = z.output<typeof caseSchema>['alerts'][number];

export type Step = { tenant: 'A' | 'B'; line: string } | { control: 'restart_processor' };

export interface BehaviorCase {
  name: string;
  detectors: z.output<typeof caseSchema>['detectors'];
  /** By tenant, what a feed of it lists: addresses and domains. */
  indicators?: Partial<Record<'A' | 'B', string[]>>;
  steps: Step[];
  alerts: ExpectedAlert[];
  /** Set when only this detector's alerts are judged. */
  only?: string;
}

function renderLine(format: 'rfc5424' | 'rfc3164', line: z.output<typeof lineSchema>, n: number): string {
  const start = format === 'rfc3164' ? START_WITHOUT_YEAR : START;
  const at = new Date(start + (line.at + n * line.every) * 1000);
  const text = line.text.replaceAll('{n}', String(n));
  const pri = PRIORITY[line.program] ?? 38;
  if (format === 'rfc3164') {
    const stamp = `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${at.toISOString().slice(11, 19)}`;
    return `<${pri}>${stamp} web1 ${line.program}[${1000 + n}]: ${text}`;
  }
  return `<${pri}>1 ${at.toISOString()} web1 ${line.program} ${1000 + n} - - ${text}`;
}

/** The cases of one YAML file beside this one. */
export function readCases(folder: string): BehaviorCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) =>
      z
        .array(caseSchema)
        .parse(parse(readFileSync(join(folder, file), 'utf8')))
        .map((one) => ({
          name: `${file.replace('.yaml', '')}: ${one.name}`,
          detectors: one.detectors,
          indicators: one.indicators,
          alerts: one.alerts,
          // Interleaved by time, as a real sender would send them.
          steps: one.lines
            .flatMap((line) =>
              Array.from({ length: line.repeat }, (_, n) => ({
                at: line.at + n * line.every,
                step: { tenant: line.tenant, line: renderLine(one.format, line, n) },
              })),
            )
            .sort((a, b) => a.at - b.at)
            .map(({ step }) => step),
        })),
    );
}

const sharedCaseSchema = z.object({
  id: z.string(),
  detector: z.string(),
  why: z.string(),
  expect_alert: z.array(z.object({ tenant: z.enum(['A', 'B']), 'source.ip': z.string() })),
  events: z.array(
    z.union([
      z.object({ tenant: z.enum(['A', 'B']), line: z.string() }),
      z.object({ tenant: z.string(), control: z.literal('restart_processor') }),
    ]),
  ),
});

/** The boundary cases of the shared test data. */
export function readSharedCases(file: string): BehaviorCase[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((text) => sharedCaseSchema.parse(JSON.parse(text)))
    .map((one) => ({
      name: `${one.id}: ${one.why}`,
      detectors: {},
      only: one.detector,
      steps: one.events.map((event) =>
        'control' in event ? { control: event.control } : { tenant: event.tenant, line: event.line },
      ),
      alerts: one.expect_alert.map((expected) => ({
        tenant: expected.tenant,
        detector: one.detector,
        group: { 'source.ip': expected['source.ip'] },
      })),
    }));
}

/** A plain log file with a verdict by address: one case, all lines of tenant A. */
export function readStreamCase(
  file: string,
  expectedFile: string,
): BehaviorCase & { mayAlert: readonly string[] } {
  const expected = z
    .object({ detector: z.string(), must_alert: z.array(z.string()), may_alert: z.array(z.string()) })
    .parse(JSON.parse(readFileSync(expectedFile, 'utf8')));
  return {
    name: file.split('/').at(-1) ?? file,
    detectors: {},
    only: expected.detector,
    steps: readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => ({ tenant: 'A', line })),
    alerts: expected.must_alert.map((ip) => ({
      tenant: 'A',
      detector: expected.detector,
      group: { 'source.ip': ip },
    })),
    mayAlert: expected.may_alert,
  };
}
