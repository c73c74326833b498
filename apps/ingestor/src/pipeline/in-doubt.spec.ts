import { createLogger } from '@parapet/telemetry';
import { InDoubt, type DoubtNotes } from './in-doubt.js';
import { Mark, Receipt } from './receipt.js';
import { newSender } from './sender.js';

class Notes implements DoubtNotes {
  readonly kept = new Map<string, readonly string[]>();
  write(batchId: string, fingerprints: readonly string[]): Promise<void> {
    this.kept.set(batchId, fingerprints);
    return Promise.resolve();
  }
  remove(batchId: string): Promise<void> {
    this.kept.delete(batchId);
    return Promise.resolve();
  }
  recover(): Promise<{ batchId: string; fingerprints: string[] }[]> {
    return Promise.resolve([...this.kept].map(([batchId, f]) => ({ batchId, fingerprints: [...f] })));
  }
}

const under = (notes = new Notes()) => ({
  notes,
  inDoubt: new InDoubt(notes, createLogger('test', 'silent')),
});

function receipt(...fingerprints: string[]) {
  const state = { settled: false };
  const made = new Receipt(() => (state.settled = true));
  for (const fingerprint of fingerprints) made.add(new Mark(fingerprint));
  made.seal();
  return { made, state };
}

test('a receipt settles when Redis has all of it, and an empty one at once', () => {
  const { made, state } = receipt('a', 'b');
  made.marks[0]?.settle();
  expect(state.settled).toBe(false);
  made.marks[1]?.settle();
  expect(state.settled).toBe(true);
  expect(receipt().state.settled).toBe(true);
});

test('a batch is noted until every sender in it was told', () => {
  const { notes, inDoubt } = under();
  const [one, two] = [receipt('a', 'b').made, receipt('c').made];
  inDoubt.opened('batch', [...one.marks, ...two.marks]);
  expect(notes.kept.get('batch')).toEqual(['a', 'b', 'c']);
  inDoubt.told(one);
  expect(notes.kept.size).toBe(1);
  inDoubt.told(two);
  expect(notes.kept.size).toBe(0);
});

test('what a sender was not told of is recognised once when it comes again', () => {
  const { notes, inDoubt } = under();
  const { made } = receipt('a', 'a');
  inDoubt.opened('batch', made.marks);
  for (const mark of made.marks) mark.settle();
  expect(inDoubt.claim('a')).toBeUndefined();
  inDoubt.untold(made);
  const again = receipt();
  const claimed = [inDoubt.claim('a'), inDoubt.claim('a'), inDoubt.claim('a')];
  expect(claimed.map((mark) => mark?.stored)).toEqual([true, true, undefined]);
  for (const mark of claimed) if (mark) again.made.add(mark);
  inDoubt.told(again.made);
  expect(notes.kept.size).toBe(0);
});

test('a repeat of what Redis does not have yet waits for the first delivery', () => {
  const { inDoubt } = under();
  const { made } = receipt('a');
  inDoubt.opened('batch', made.marks);
  inDoubt.untold(made);
  const state = { settled: false };
  const again = new Receipt(() => (state.settled = true));
  const mark = inDoubt.claim('a');
  if (mark) again.add(mark);
  again.seal();
  expect([mark === undefined, state.settled]).toEqual([false, false]);
  made.marks[0]?.settle();
  expect(state.settled).toBe(true);
});

test('the next process recognises what the last one took and could not tell', async () => {
  const notes = new Notes();
  const { made } = receipt('a', 'b');
  under(notes).inDoubt.opened('batch', made.marks);
  const { inDoubt } = under(notes);
  await inDoubt.recover();
  const again = receipt().made;
  for (const fingerprint of ['a', 'b', 'c']) {
    const mark = inDoubt.claim(fingerprint);
    if (mark) again.add(mark);
  }
  expect(again.marks.map(({ stored }) => stored)).toEqual([true, true]);
  inDoubt.told(again);
  expect(notes.kept.size).toBe(0);
});

test('a batch whose sender never comes back is forgotten after an hour', () => {
  const clock = { now: 1e12 };
  const original = Date.now;
  Date.now = () => clock.now;
  try {
    const { notes, inDoubt } = under();
    const [lost, late] = [receipt('a').made, receipt('b').made];
    inDoubt.opened('lost', lost.marks);
    clock.now += 3_600_001;
    inDoubt.opened('late', late.marks);
    inDoubt.told(lost);
    expect([...notes.kept.keys()]).toEqual(['lost', 'late']);
    inDoubt.told(late);
    expect([...notes.kept.keys()]).toEqual(['lost']);
  } finally {
    Date.now = original;
  }
});

test('entries fade after two turns of five minutes', () => {
  const clock = { now: 1e12 };
  const original = Date.now;
  Date.now = () => clock.now;
  try {
    const { inDoubt } = under();
    inDoubt.untold(receipt('old').made);
    clock.now += 301_000;
    inDoubt.untold(receipt('young').made);
    clock.now += 301_000;
    inDoubt.untold(receipt('new').made);
    expect(['old', 'young', 'new'].map((f) => inDoubt.claim(f) !== undefined)).toEqual([false, true, true]);
  } finally {
    Date.now = original;
  }
});

test('a fingerprint tells senders, transports, proofs and bytes apart', () => {
  const frame = Buffer.from('x');
  const of = (address: string, hash?: string, bytes = frame) =>
    InDoubt.fingerprint(
      newSender(address, 'http', hash === undefined ? undefined : { kind: 'key', hash }),
      bytes,
    );
  const all = [
    of('10.0.0.1'),
    of('10.0.0.2'),
    of('10.0.0.1', 'k'),
    of('10.0.0.1', undefined, Buffer.from('y')),
  ];
  expect(new Set(all).size).toBe(4);
  expect(of('10.0.0.9', 'k')).toBe(of('10.0.0.1', 'k'));
  expect(InDoubt.fingerprint(newSender('10.0.0.1', 'relp'), frame)).not.toBe(of('10.0.0.1'));
});
