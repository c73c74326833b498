import { dropsIn } from './kernel-drops.js';

const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  512: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 4711 2 0000000000000000 42
  513: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0000000000000000 7
`;

test('R10 the kernel’s drops of the socket on our port are read', () => {
  expect(dropsIn(TABLE, 5514)).toBe(42);
  expect(dropsIn(TABLE, 53)).toBe(7);
  expect(dropsIn(TABLE, 5515)).toBeUndefined();
});
