import { z } from 'zod';

/** Numerical codes of RFC 5424 §6.2.1, by their usual names. */
const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
] as const;
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;

const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'a number with ms, s, m or h')
  .transform((text) => {
    const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[
      text.replace(/[\d.]/g, '') as 'ms' | 's' | 'm' | 'h'
    ];
    return Number.parseFloat(text) * unit;
  });

const counter = z.object({ from: z.int(), step: z.int().default(1) }).strict();
const scalar = z.union([z.string(), z.number()]).transform(String);
/** How a placeholder gets its value: one of a list for the whole run, each in turn, or a counter. */
const valueSchema = z.union([
  z.object({ pick: z.array(scalar).min(1) }).strict(),
  z.object({ cycle: z.array(scalar).min(1) }).strict(),
  counter,
]);
export type ValueRule = z.output<typeof valueSchema>;

export const scenarioSchema = z
  .object({
    name: z.string().regex(/^[a-z0-9-]+$/),
    title: z.string(),
    description: z.string(),
    attack: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/)),
    sender: z.union([z.ipv4(), z.ipv6()]),
    lines: z
      .array(
        z
          .object({
            repeat: z.int().min(1).max(100_000).default(1),
            every: duration.prefault('1s'),
            facility: z.enum(FACILITIES),
            severity: z.enum(SEVERITIES),
            host: z.string(),
            program: z.string(),
            pid: counter.optional(),
            message: z.string(),
          })
          .strict(),
      )
      .min(1),
    values: z.record(z.string(), valueSchema).default({}),
    expect: z.array(z.object({ detector: z.string(), group: z.record(z.string(), z.string()) }).strict()),
  })
  .strict();
export type Scenario = z.output<typeof scenarioSchema>;

export function priorityOf(
  facility: (typeof FACILITIES)[number],
  severity: (typeof SEVERITIES)[number],
): number {
  return FACILITIES.indexOf(facility) * 8 + SEVERITIES.indexOf(severity);
}
