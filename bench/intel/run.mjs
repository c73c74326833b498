// What threat intelligence costs an event: `node bench/intel/run.mjs [indicators]`. See README.md.
import { randomInt } from 'node:crypto';
import { IndicatorTable, Intel } from '@parapet/enrich';

const COUNT = Number(process.argv[2] ?? 1_000_000);
const EVENTS = 200_000;
const hex = (length) => Array.from({ length }, () => randomInt(16).toString(16)).join('');
const address = () => `${randomInt(1, 9)}.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
const name = () => `${hex(8)}.${hex(6)}.example${randomInt(100)}.com`;
const MAKERS = [
  ['address', address],
  ['domain', name],
  ['url', () => `${name()}/${hex(6)}/${hex(8)}.exe`],
  ['file_hash', () => hex(64)],
];

globalThis.gc?.();
const before = process.memoryUsage();
const table = new IndicatorTable(randomInt(2 ** 32));
const kept = { address: [], domain: [], url: [], file_hash: [] };
let adding = 0n;
for (let i = 0; i < COUNT; i++) {
  const [type, make] = MAKERS[i % MAKERS.length];
  const value = make();
  if (i % 100 < 4) kept[type].push(value);
  const begun = process.hrtime.bigint();
  table.add(type, value, { feed: 0, confidence: i % 101, firstSeen: 1_700_000_000, lastSeen: 1_700_000_000 });
  adding += process.hrtime.bigint() - begun;
}
for (let length = 12; length < 24; length++)
  for (let i = 0; i < 100; i++) table.add('address', `${address()}/${length}`, { feed: 0, confidence: 1 });
globalThis.gc?.();
const after = process.memoryUsage();
const intel = new Intel(new Map([['t', { own: { table, feeds: [{ id: 'f', name: 'f' }] } }]]));

const event = (fields) => ({
  id: 'e',
  tenantId: 't',
  '@timestamp': 1.78e12,
  message: '',
  'event.original': '',
  ...fields,
});
const pick = (list) => list[randomInt(list.length)];
const CASES = {
  'sshd: one address, no hit': () => event({ 'source.ip': `203.${randomInt(256)}.1.${randomInt(256)}` }),
  'firewall: two addresses, no hit': () =>
    event({
      'source.ip': `91.${randomInt(256)}.${randomInt(256)}.1`,
      'destination.ip': `185.${randomInt(256)}.1.9`,
    }),
  'DNS: two addresses and a name, no hit': () =>
    event({
      'source.ip': '10.0.0.9',
      'destination.ip': '10.0.0.1',
      'dns.question.name': `www.${hex(8)}.co.uk`,
    }),
  'proxy: two addresses, a name, a URL, no hit': () =>
    event({
      'source.ip': '10.0.0.9',
      'destination.ip': `185.${randomInt(256)}.1.9`,
      'url.domain': `www.${hex(8)}.co.uk`,
      'url.full': `https://www.${hex(8)}.co.uk/a/b/${hex(20)}?id=${hex(10)}`,
    }),
  'endpoint: three hashes, no hit': () =>
    event({ 'process.hash.sha256': hex(64), 'process.hash.sha1': hex(40), 'process.hash.md5': hex(32) }),
  'a hit by address': () => event({ 'source.ip': pick(kept.address) }),
  'a hit by URL': () => event({ 'url.full': `http://${pick(kept.url)}` }),
};

const mib = (bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
console.log(
  `${table.size} indicators; tables ${mib(table.bytes)}; process grew by ${mib(after.rss - before.rss)} with the sample's text`,
);
console.log(`adding: ${(Number(adding) / COUNT / 1000).toFixed(2)} µs each, the clock included`);
for (const [title, make] of Object.entries(CASES)) {
  const events = Array.from({ length: EVENTS }, make);
  for (const one of events.slice(0, 20_000)) intel.match(one);
  const best = [1, 2, 3].map(() => {
    const begun = process.hrtime.bigint();
    let hits = 0;
    for (const one of events) if (intel.match(one) !== undefined) hits++;
    return { µs: Number(process.hrtime.bigint() - begun) / EVENTS / 1000, hits };
  });
  const { µs, hits } = best.sort((a, b) => a.µs - b.µs)[0];
  console.log(
    `${title.padEnd(46)} ${µs.toFixed(2)} µs an event, ${((hits / EVENTS) * 100).toFixed(1)} % met`,
  );
}
