import { FairQueue } from './fair-queue.js';

test('a long lane lets the others in between, and each lane keeps its order', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'a3', 'a4']) queue.push('a', item);
  queue.push('b', 'b1');
  queue.push('c', 'c1');
  queue.push('c', 'c2');
  const order: (string | undefined)[] = [];
  while (queue.size > 0) order.push(queue.shift());
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4']);
  expect(queue.shift()).toBeUndefined();
});
