import { Quotas } from './quota.js';

const START = 1e12;
const quota = { tenantId: 'a', eps: 10, burst: 20 };

function quotas() {
  const made = new Quotas();
  made.replace([quota], START);
  return made;
}
const take = (under: Quotas, count: number, now: number) =>
  Array.from({ length: count }, () => under.take('a', now)).filter(Boolean).length;

test('a burst at once, then the rate', () => {
  const under = quotas();
  expect(take(under, 100, START)).toBe(20);
  expect(take(under, 100, START + 1000)).toBe(10);
  expect(take(under, 100, START + 1100)).toBe(1);
  expect(take(under, 100, START + 3_600_000)).toBe(20);
});

test('a tenant without a quota is within it', () => {
  expect(quotas().take('b', START)).toBe(true);
  expect(quotas().holdsOff('b', START)).toBe(false);
});

test('only who is over quota is held off, and only while the slower lane is behind', () => {
  const under = quotas();
  take(under, 100, START);
  expect(under.holdsOff('a', START)).toBe(false);
  under.setOverflow('behind');
  expect(under.holdsOff('a', START)).toBe(true);
  expect(under.holdsOff('a', START + 200)).toBe(false);
  take(under, 100, START + 200);
  under.setOverflow('open');
  expect(under.holdsOff('a', START + 200)).toBe(false);
});

test('what can’t wait is dropped when the slower lane is full, not when it is behind', () => {
  const under = quotas();
  under.setOverflow('full');
  expect([under.drops('a', START), under.holdsOff('a', START)]).toEqual([false, false]);
  take(under, 100, START);
  expect([under.drops('a', START), under.holdsOff('a', START), under.drops('b', START)]).toEqual([
    true,
    true,
    false,
  ]);
  under.setOverflow('behind');
  expect([under.drops('a', START), under.holdsOff('a', START)]).toEqual([false, true]);
});

test('a reload keeps what was used, a smaller burst counts at once, a clock set back stops nothing', () => {
  const under = quotas();
  take(under, 15, START);
  under.replace([quota], START);
  expect(take(under, 100, START)).toBe(5);
  under.replace([{ ...quota, burst: 3 }], START + 60_000);
  expect(take(under, 100, START + 60_000)).toBe(3);
  expect(take(under, 100, START)).toBe(0);
  expect(take(under, 100, START + 1000)).toBe(3);
});
