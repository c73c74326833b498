import { endpoints, wireEventSchema } from '@parapet/contracts';
import type { DeadLetter, ResponseOf, WireEvent } from '@parapet/contracts';
import { oneOf } from '../../shared/query/fields.js';
import type { QueryField } from '../../shared/query/fields.js';
import type { StateOf } from '../../shared/query/state.js';
import { formatCount } from '../../shared/time/format.js';
import { KNOWN_REASONS, reasonText } from './reasons.js';

const { reason: reasonSchema } = endpoints.listDeadLetters.query.shape;
const reasonField: QueryField<string> = {
  fallback: '',
  read: (raw) => reasonSchema.safeParse(raw).data,
  write: (value) => value,
};

/** The list's state in the URL. */
export const letterFilters = {
  state: oneOf(['open', 'replayed', 'all'], 'open'),
  reason: reasonField,
};
export type LetterFilters = StateOf<typeof letterFilters>;

export const STATES = [
  { value: 'open', title: 'Open' },
  { value: 'replayed', title: 'Replayed' },
  { value: 'all', title: 'All' },
] as const;

/** How many letters wait, by reason. */
export interface ReasonCount {
  reason: string;
  letters: number;
}

/** Reasons to filter by, with how many are open; the chosen one is there even when nothing has it. */
export function reasonChoices(
  open: readonly ReasonCount[],
  chosen: string,
): { value: string; title: string }[] {
  const counts = new Map(open.map(({ reason, letters }) => [reason, letters]));
  const names = new Set([...KNOWN_REASONS, ...counts.keys(), ...(chosen === '' ? [] : [chosen])]);
  return [...names].map((value) => ({
    value,
    title: `${reasonText(value).title} (${formatCount(counts.get(value) ?? 0)} open)`,
  }));
}

/** The event, when it has a valid form; one without can't be replayed. */
export function eventOf(letter: DeadLetter): WireEvent | null {
  return wireEventSchema.safeParse(letter.event).data ?? null;
}

/** The event's own time as ISO 8601, or null. In an event without a valid form it may be anything. */
export function ownTime({ event }: DeadLetter): string | null {
  const time = event['@timestamp'];
  if (typeof time !== 'string' && typeof time !== 'number') return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** A row shows two lines of it; a message may have 64 KiB. */
const SHOWN_CHARS = 500;
export function shownMessage({ event }: DeadLetter): string {
  const text = event.message ?? event['event.original'];
  return typeof text === 'string' ? text.slice(0, SHOWN_CHARS) : '';
}

/** Chosen letters by id, with what the replay's question tells of them. */
export type Chosen = ReadonlyMap<string, Pick<DeadLetter, 'reason'>>;

/** Letters that one request may name. */
const MOST_CHOSEN = 500;
const isOpen = (letter: DeadLetter) => letter.replayedAt === null;

/** The choice with this letter in it, or out of it again. A replayed one can't be chosen. */
export function withToggled(chosen: Chosen, letter: DeadLetter): Chosen {
  const next = new Map(chosen);
  if (!next.delete(letter.id) && isOpen(letter) && next.size < MOST_CHOSEN) next.set(letter.id, letter);
  return next;
}

export type PageChoice = 'none' | 'some' | 'all';

/** How many of a page's open letters are chosen. */
export function pageChoice(chosen: Chosen, page: readonly DeadLetter[]): PageChoice {
  const open = page.filter(isOpen);
  const count = open.filter(({ id }) => chosen.has(id)).length;
  if (count === 0) return 'none';
  return count === open.length ? 'all' : 'some';
}

/** The choice with all of the page's open letters, or, where they all are in it, without them. */
export function withPageToggled(chosen: Chosen, page: readonly DeadLetter[]): Chosen {
  const next = new Map(chosen);
  const clear = pageChoice(chosen, page) === 'all';
  for (const letter of page.filter(isOpen)) {
    if (clear) next.delete(letter.id);
    else if (next.size < MOST_CHOSEN) next.set(letter.id, letter);
  }
  return next;
}

/** What is about to be replayed, by reason. */
export function countsOf(chosen: Chosen): ReasonCount[] {
  const counts = new Map<string, number>();
  for (const { reason } of chosen.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, letters]) => ({ reason, letters }));
}

export const totalOf = (counts: readonly ReasonCount[]) =>
  counts.reduce((sum, { letters }) => sum + letters, 0);

/** `1 event`, `1,200 events`. */
export const events = (count: number) => `${formatCount(count)} ${count === 1 ? 'event' : 'events'}`;

/** What a replay came to, for a toast. */
export function replayText({ replayed, unreadable, more }: ResponseOf<typeof endpoints.replayDeadLetters>): {
  text: string;
  detail?: string;
} {
  const stays =
    unreadable === 1
      ? '1 has no valid form and stays.'
      : `${formatCount(unreadable)} have no valid form and stay.`;
  const detail = [
    replayed > 0 ? 'What still can’t be stored comes back as a new dead letter.' : '',
    unreadable > 0 ? stays : '',
    more ? 'There are more than one request takes: replay again.' : '',
  ].filter(Boolean);
  const sent = `${events(replayed)} sent on ${replayed === 1 ? 'its' : 'their'} way again`;
  const none = unreadable > 0 ? 'Nothing was replayed' : 'Nothing was left to replay';
  return {
    text: replayed > 0 ? sent : none,
    ...(detail.length > 0 ? { detail: detail.join(' ') } : {}),
  };
}
