import { Backpressure } from './backpressure.js';

const limits = { events: 100, bytes: 10_000, waitingBatches: 10 };

function watched() {
  const backpressure = new Backpressure(limits);
  const changes: boolean[] = [];
  backpressure.onChange((paused) => changes.push(paused));
  return { backpressure, changes };
}

test('senders are paused at the high-water mark and resumed at half of it, once each', () => {
  const { backpressure, changes } = watched();
  backpressure.hold(99, 0);
  expect(changes).toEqual([]);
  backpressure.hold(1, 0);
  backpressure.hold(20, 0);
  backpressure.release(69, 0);
  expect(changes).toEqual([true]);
  backpressure.release(1, 0);
  expect(changes).toEqual([true, false]);
});

test('long frames reach the mark by their bytes', () => {
  const { backpressure, changes } = watched();
  backpressure.hold(1, 10_000);
  expect(changes).toEqual([true]);
  backpressure.release(1, 10_000);
  expect(changes).toEqual([true, false]);
});

test('datagrams are taken as long as there is room, although streams still wait', () => {
  const { backpressure } = watched();
  backpressure.hold(100, 0);
  expect(backpressure.full).toBe(true);
  backpressure.release(1, 0);
  expect([backpressure.full, backpressure.paused]).toEqual([false, true]);
});

test('a long queue pauses as well, and both causes must be gone to go on', () => {
  const { backpressure, changes } = watched();
  backpressure.queueDepth(10);
  backpressure.hold(100, 0);
  backpressure.queueDepth(5);
  expect(changes).toEqual([true]);
  backpressure.release(50, 0);
  expect(changes).toEqual([true, false]);
});
