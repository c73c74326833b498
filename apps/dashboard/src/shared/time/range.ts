import { z } from 'zod';

export const PRESETS = ['15m', '1h', '6h', '24h', '7d', '30d'] as const;
export type Preset = (typeof PRESETS)[number];

export const PRESET_LABEL: Record<Preset, string> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
};

const MINUTE = 60_000;
export const PRESET_MS: Record<Preset, number> = {
  '15m': 15 * MINUTE,
  '1h': 60 * MINUTE,
  '6h': 360 * MINUTE,
  '24h': 1440 * MINUTE,
  '7d': 7 * 1440 * MINUTE,
  '30d': 30 * 1440 * MINUTE,
};

/** A stretch of time as a user picks it: moving with the clock, or fixed (ISO 8601, UTC). */
export type TimeRange = { kind: 'relative'; preset: Preset } | { kind: 'absolute'; from: string; to: string };

const absoluteSchema = z.tuple([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true })]);

/** Reads the form of the URL: a preset such as `24h`, or `<from>..<to>` in ISO 8601. Null when it is neither. */
export function parseRange(text: string): TimeRange | null {
  const preset = z.enum(PRESETS).safeParse(text);
  if (preset.success) return { kind: 'relative', preset: preset.data };
  const parts = absoluteSchema.safeParse(text.split('..'));
  if (!parts.success) return null;
  const [from, to] = parts.data.map((part) => new Date(part));
  if (!from || !to || from >= to) return null;
  return { kind: 'absolute', from: from.toISOString(), to: to.toISOString() };
}

export function formatRange(range: TimeRange): string {
  return range.kind === 'relative' ? range.preset : `${range.from}..${range.to}`;
}

/** The bounds to ask the API for. A moving range has no upper bound, so that the newest events are always in it. */
export function boundsOf(range: TimeRange, now = Date.now()): { from: string; to?: string } {
  if (range.kind === 'absolute') return { from: range.from, to: range.to };
  return { from: new Date(now - PRESET_MS[range.preset]).toISOString() };
}

/** How long the range is, in ms. */
export function lengthOf(range: TimeRange): number {
  return range.kind === 'relative' ? PRESET_MS[range.preset] : Date.parse(range.to) - Date.parse(range.from);
}
