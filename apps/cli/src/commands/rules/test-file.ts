import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { parseFrame } from '@parapet/normalize';

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90`, `90s`, `5m`, `1h`: milliseconds. */
const durationSchema = z.union([z.number(), z.string()]).transform((value, context) => {
  const found = DURATION.exec(String(value));
  if (found === null) {
    context.addIssue({ code: 'custom', message: `“${value}” is no duration such as 90s` });
    return z.NEVER;
  }
  return Number(found[1]) * (UNIT_MS[found[2] ?? 's'] ?? 0);
});

const fieldsSchema = z.record(z.string(), z.unknown());
/** A log line as a device would send it, run through the decoders. */
const lineSchema = z.strictObject({ line: z.string(), type: z.string().default('auto') });
const eventSchema = z.union([lineSchema, fieldsSchema]);

const stepSchema = z.strictObject({
  /** From the beginning of the sequence. */
  at: durationSchema.default(0),
  times: z.int().min(1).max(100_000).default(1),
  every: durationSchema.default(1000),
  event: eventSchema,
});

const testSchema = z
  .strictObject({
    /** Id or name; may be left out when the file has one rule that reports. */
    rule: z.string().optional(),
    match: z.array(eventSchema).default([]),
    no_match: z.array(eventSchema).default([]),
    sequences: z
      .array(
        z.strictObject({
          name: z.string(),
          events: z.array(stepSchema),
          /** The groups for which the correlation must hold, and no others; none: it must not hold. */
          groups: z.array(z.record(z.string(), z.union([z.string(), z.number()]).transform(String))),
        }),
      )
      .default([]),
  })
  .refine(
    ({ match, no_match, sequences }) => match.length + no_match.length + sequences.length > 0,
    'no events',
  );
export type RuleTest = z.infer<typeof testSchema>;
export type TestEvent = z.infer<typeof eventSchema>;

/** A test file: one YAML document for each rule that is tried. Throws with what is wrong. */
export function parseTests(text: string): RuleTest[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(error.message);
    const parsed = testSchema.safeParse(document.toJS({ maxAliasCount: 1000 }));
    if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
    return parsed.data;
  });
}

/**
 * The event as the rules get it; a line is decoded as if it had been received at `time` (epoch ms). With `repetition` (from 0) each `{n}` in the
 * line, or in a value of the event, becomes its number: repetitions that differ, for what counts values.
 */
export function toEvent(event: TestEvent, time: number, repetition?: number): Record<string, unknown> {
  const line = lineSchema.safeParse(numbered(event, repetition));
  if (!line.success) return { '@timestamp': time, ...numbered(event, repetition) };
  const context = {
    receivedAt: time,
    timeZone: 'UTC',
    sourceType: line.data.type,
    transport: 'file' as const,
    truncated: false,
  };
  return parseFrame(Buffer.from(line.data.line), context);
}

function numbered(event: TestEvent, repetition: number | undefined): Record<string, unknown> {
  if (repetition === undefined) return event;
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('{n}', String(repetition)) : value,
    ]),
  );
}
