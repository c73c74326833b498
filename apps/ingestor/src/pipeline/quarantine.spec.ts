import { MAX_SAMPLE_BYTES, MAX_SAMPLES, Quarantine } from './quarantine.js';

const frame = (text: string) => Buffer.from(text);

test('a sender is counted in full and sampled within bounds', () => {
  const quarantine = new Quarantine();
  for (let i = 0; i < 25; i++) quarantine.add('192.0.2.1', 'udp', frame('x'.repeat(5000)), 1000 + i);
  const [sender] = quarantine.take();
  expect(sender).toMatchObject({
    address: '192.0.2.1',
    transport: 'udp',
    events: 25,
    firstSeen: 1000,
    lastSeen: 1024,
  });
  expect(sender?.samples).toHaveLength(MAX_SAMPLES);
  expect(sender?.samples[0]).toHaveLength(MAX_SAMPLE_BYTES);
  expect(quarantine.take()).toEqual([]);
});

test('the same address over another transport is another sender', () => {
  const quarantine = new Quarantine();
  quarantine.add('192.0.2.1', 'udp', frame('a'), 1);
  quarantine.add('192.0.2.1', 'tcp', frame('b'), 1);
  expect(quarantine.take().map((s) => s.transport)).toEqual(['udp', 'tcp']);
});

test('forged addresses are bounded; those known go on being counted', () => {
  const quarantine = new Quarantine(2);
  expect(['a', 'b', 'c', 'a'].map((address) => quarantine.add(address, 'udp', frame('x'), 1))).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect(quarantine.take().map((s) => s.events)).toEqual([2, 1]);
});

test('a sample holds nothing that PostgreSQL refuses', () => {
  const quarantine = new Quarantine();
  quarantine.add('192.0.2.1', 'udp', Buffer.from([0x61, 0, 0xff]), 1);
  expect(quarantine.take()[0]?.samples).toEqual(['a\u2400\u00ff']);
});

test('what could not be written is kept and added to what came since', () => {
  const quarantine = new Quarantine();
  quarantine.add('192.0.2.1', 'udp', frame('old'), 1);
  const taken = quarantine.take();
  quarantine.add('192.0.2.1', 'udp', frame('new'), 2);
  quarantine.putBack(taken);
  expect(quarantine.take()).toEqual([
    { address: '192.0.2.1', transport: 'udp', events: 2, samples: ['old', 'new'], firstSeen: 1, lastSeen: 2 },
  ]);
});
