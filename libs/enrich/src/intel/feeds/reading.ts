import { readIntelValue, type IntelValue } from '../value.js';

/** An indicator as a feed lists it. Times in epoch ms. */
export interface ListedIndicator extends IntelValue {
  /** 0–100, where the feed says it. */
  confidence?: number;
  validUntil?: number;
  firstSeen?: number;
  lastSeen?: number;
  /** What the feed says of it, 200 characters at the most. */
  description?: string;
}

/** What was not taken from a feed: where it stands (a line, or the number of an object, from 1) and why. */
export interface RefusedEntry {
  at: number;
  why: string;
}

/** One entry of a feed. */
export type Reading = ListedIndicator | RefusedEntry;

/** The feed as a whole can't be read. The message is for whoever set it up. */
export interface UnreadableFeed {
  unreadable: string;
}

export const LONGEST_DESCRIPTION = 200;
const WORDS: Record<string, number> = { none: 0, low: 15, medium: 50, moderate: 50, high: 85 };
const SPACED = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?: ?UTC)?$/;
const LATEST = Date.parse('2100-01-01T00:00:00Z');

/** 0–100 from a number or a word such as "high"; undefined for anything else. */
export function confidenceOf(given: unknown): number | undefined {
  if (typeof given === 'string') {
    const word = WORDS[given.trim().toLowerCase()];
    if (word !== undefined) return word;
  } else if (typeof given !== 'number') return undefined;
  const number = given === '' ? NaN : Number(given);
  return Number.isFinite(number) ? Math.min(100, Math.max(0, Math.round(number))) : undefined;
}

/** Epoch ms of an ISO 8601 time, "2026-01-31 10:00:00" (UTC) or epoch seconds; undefined for anything else. */
export function timeOf(given: unknown): number | undefined {
  if (typeof given !== 'string' && typeof given !== 'number') return undefined;
  const text = String(given).trim().slice(0, 40);
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1000;
  const spaced = SPACED.exec(text);
  const at = Date.parse(spaced ? `${spaced[1]}T${spaced[2]}Z` : text);
  return Number.isFinite(at) && at > 0 && at < LATEST ? at : undefined;
}

/** Text for people: without control characters, cut. */
export function describe(given: unknown): string | undefined {
  if (typeof given !== 'string') return undefined;
  const text = given
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, LONGEST_DESCRIPTION);
  return text === '' ? undefined : text;
}

/** A value with what the feed says of it, or why it is none. */
export function listed(at: number, text: string, more: Omit<ListedIndicator, keyof IntelValue>): Reading {
  const value = readIntelValue(text);
  return 'why' in value ? { at, why: value.why } : { ...value, ...more };
}
