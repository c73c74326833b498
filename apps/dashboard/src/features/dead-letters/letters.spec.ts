import type { DeadLetter } from '@parapet/contracts';
import { readState, writeState } from '../../shared/query/state.js';
import { formatCount } from '../../shared/time/format.js';
import {
  countsOf,
  eventOf,
  events,
  letterFilters,
  ownTime,
  pageChoice,
  reasonChoices,
  replayText,
  shownMessage,
  totalOf,
  withPageToggled,
  withToggled,
} from './letters.js';
import type { Chosen } from './letters.js';
import { reasonText } from './reasons.js';

const idOf = (n: number) => `0190a000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const letter = (n: number, more: Partial<DeadLetter> = {}): DeadLetter => ({
  id: idOf(n),
  createdAt: '2026-11-20T20:00:00.000Z',
  stage: 'store',
  reason: 'poison',
  detail: null,
  replayedAt: null,
  event: {
    id: idOf(n),
    '@timestamp': '2025-01-01T00:00:00.000Z',
    'event.ingested': '2026-11-20T20:00:00.000Z',
    'event.original': 'x',
    message: 'm',
  },
  ...more,
});
const replayed = (n: number) => letter(n, { replayedAt: '2026-11-20T21:00:00.000Z' });
const none: Chosen = new Map();

describe('the list’s state in the URL', () => {
  it('is plain for the open ones, and comes back as written', () => {
    expect(writeState(letterFilters, readState(letterFilters, {}))).toEqual({});
    const query = { state: 'all', reason: 'older_than_retention' };
    expect(writeState(letterFilters, readState(letterFilters, query))).toEqual(query);
  });

  it('takes what the API would refuse for absent', () => {
    expect(readState(letterFilters, { state: 'gone', reason: 'DROP TABLE' })).toEqual({
      state: 'open',
      reason: '',
    });
  });
});

describe('reasons', () => {
  it('are offered with the number of open letters, those known and those met', () => {
    expect(reasonChoices([{ reason: 'no_such_parser', letters: 1200 }], 'chosen_before')).toEqual([
      { value: 'older_than_retention', title: 'Older than the retention (0 open)' },
      { value: 'poison', title: 'Could not be stored (0 open)' },
      { value: 'no_such_parser', title: `No such parser (${formatCount(1200)} open)` },
      { value: 'chosen_before', title: 'Chosen before (0 open)' },
    ]);
  });

  it('say what must be mended, each its own', () => {
    const mends = ['older_than_retention', 'poison', 'constructor'].map((reason) => reasonText(reason).mend);
    expect(mends[0]).toMatch(/keep your events for longer/);
    expect(mends[1]).toMatch(/update of Parapet/);
    expect(mends[2]).toMatch(/see in the detail/);
  });
});

describe('an event of any form', () => {
  it('is one that can be shown field by field, or none', () => {
    expect(eventOf(letter(1))).toMatchObject({ message: 'm' });
    expect(eventOf(letter(1, { event: { id: 1 } }))).toBeNull();
    expect(eventOf(letter(1, { event: { ...letter(1).event, nested: { a: 1 } } }))).toBeNull();
  });

  it('has a time of its own, or none', () => {
    expect(ownTime(letter(1))).toBe('2025-01-01T00:00:00.000Z');
    expect(ownTime(letter(1, { event: { '@timestamp': 0 } }))).toBe('1970-01-01T00:00:00.000Z');
    for (const time of [undefined, null, {}, 'yesterday', 9e15, '']) {
      expect(ownTime(letter(1, { event: { '@timestamp': time } }))).toBeNull();
    }
  });

  it('has a message short enough for a row', () => {
    expect(shownMessage(letter(1, { event: { message: 'x'.repeat(70_000) } }))).toHaveLength(500);
    expect(shownMessage(letter(1, { event: { 'event.original': 'line' } }))).toBe('line');
    expect(shownMessage(letter(1, { event: { message: { a: 1 } } }))).toBe('');
  });
});

describe('choosing', () => {
  it('takes open letters in and out again, and no replayed one', () => {
    const one = withToggled(none, letter(1));
    expect([...one.keys()]).toEqual([idOf(1)]);
    expect(withToggled(one, letter(1)).size).toBe(0);
    expect(withToggled(none, replayed(2)).size).toBe(0);
    expect(none.size).toBe(0);
  });

  it('takes a page at once, and knows how much of it is chosen', () => {
    const page = [letter(1), letter(2), replayed(3)];
    expect(pageChoice(none, page)).toBe('none');
    expect(pageChoice(none, [replayed(3)])).toBe('none');
    expect(pageChoice(withToggled(none, letter(1)), page)).toBe('some');
    const all = withPageToggled(withToggled(none, letter(1)), page);
    expect([...all.keys()]).toEqual([idOf(1), idOf(2)]);
    expect(pageChoice(all, page)).toBe('all');
    expect([...withPageToggled(withToggled(all, letter(9)), page).keys()]).toEqual([idOf(9)]);
  });

  it('stops at what one request may name', () => {
    const many = Array.from({ length: 600 }, (_, n) => letter(n));
    expect(withPageToggled(none, many).size).toBe(500);
    expect(withToggled(withPageToggled(none, many), letter(700)).size).toBe(500);
  });

  it('counts by reason', () => {
    const chosen = withPageToggled(none, [
      letter(1),
      letter(2),
      letter(3, { reason: 'older_than_retention' }),
    ]);
    const counts = countsOf(chosen);
    expect(counts).toEqual([
      { reason: 'poison', letters: 2 },
      { reason: 'older_than_retention', letters: 1 },
    ]);
    expect(totalOf(counts)).toBe(3);
  });
});

describe('what a replay came to', () => {
  it('counts, and says what comes next', () => {
    expect(replayText({ replayed: 1200, unreadable: 0, more: false })).toEqual({
      text: `${formatCount(1200)} events sent on their way again`,
      detail: 'What still can’t be stored comes back as a new dead letter.',
    });
    const mixed = replayText({ replayed: 1, unreadable: 2, more: true });
    expect(mixed.text).toBe('1 event sent on its way again');
    expect(mixed.detail).toMatch(/2 have no valid form and stay\. There are more than one request takes/);
  });

  it('does not call nothing a success', () => {
    expect(replayText({ replayed: 0, unreadable: 0, more: false })).toEqual({
      text: 'Nothing was left to replay',
    });
    expect(replayText({ replayed: 0, unreadable: 1, more: false })).toEqual({
      text: 'Nothing was replayed',
      detail: '1 has no valid form and stays.',
    });
    expect(events(1)).toBe('1 event');
  });
});
