// How many events a second one core matches against loaded Sigma rules.
// node bench/detect/run.mjs [folder of rules] [folder of NDJSON.gz events]; needs a build. Default: ../shared/testdata/sigma.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import {
  CorrelationEngine,
  MemoryCorrelationStore,
  RuleSet,
  loadRules,
} from '../../libs/sigma/dist/index.js';
import { parseFrame } from '../../libs/normalize/dist/index.js';
import { sshdLines } from '../lib/sshd-lines.mjs';

const shared = fileURLToPath(new URL('../../../shared/testdata/sigma/', import.meta.url));
const ruleFolder = process.argv[2] ?? join(shared, 'rules');
const eventFolder = process.argv[3] ?? join(shared, 'otrf');
for (const folder of [ruleFolder, eventFolder]) {
  if (!existsSync(folder)) throw new Error(`${folder} is not here`);
}

const RUN_MS = 3000;
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** CPU microseconds for one call of `step(i)`, after a warm-up. */
function measure(count, step) {
  for (let i = 0; i < count; i += 1) step(i);
  const start = cpuMs();
  let calls = 0;
  while (cpuMs() - start < RUN_MS) {
    for (let i = 0; i < count; i += 1) step(i);
    calls += count;
  }
  return ((cpuMs() - start) * 1000) / calls;
}

/** Every n-th rule, so that each size has the whole mixture of log sources. */
function sample(rules, size) {
  if (size >= rules.length) return rules;
  return Array.from({ length: size }, (_, i) => rules[Math.floor((i * rules.length) / size)]);
}

const files = readdirSync(ruleFolder, { recursive: true })
  .filter((name) => name.endsWith('.yml'))
  .sort()
  .map((name) => ({ path: name, text: readFileSync(join(ruleFolder, name), 'utf8') }));
let started = performance.now();
const rules = loadRules(files).flatMap(({ rule }) => rule ?? []);
const loadMs = performance.now() - started;
started = performance.now();
new RuleSet(rules);
console.log(
  `${rules.length} of ${files.length} rules parsed in ${loadMs.toFixed(0)} ms, compiled in ${(performance.now() - started).toFixed(0)} ms`,
);

const windows = readdirSync(eventFolder)
  .filter((name) => name.endsWith('.gz'))
  .flatMap((name) =>
    gunzipSync(readFileSync(join(eventFolder, name)))
      .toString()
      .trim()
      .split('\n'),
  );
const context = { receivedAt: Date.UTC(2026, 2, 3), timeZone: 'UTC', sourceType: 'auto', transport: 'tcp' };
const sshd = sshdLines(5000).map((line) => Buffer.from(line));

const STREAMS = {
  'Windows events (otrf)': [windows.length, (set) => (i) => set.match(JSON.parse(windows[i]))],
  'sshd lines': [sshd.length, (set) => (i) => set.match(parseFrame(sshd[i], context))],
};

for (const [name, [count, stepOf]] of Object.entries(STREAMS)) {
  let base;
  for (const size of [0, 100, 1000, rules.length]) {
    const chosen = sample(rules, size);
    const set = new RuleSet(chosen);
    const micros = measure(count, stepOf(set));
    base ??= micros;
    console.log(
      `${name} | ${chosen.length} rules | ${Math.round(1e6 / micros)} events/s | ${micros.toFixed(1)} µs an event | ${(micros / base).toFixed(1)} ×`,
    );
  }
}

// A brute-force correlation in memory, every line an attempt of one of 200 addresses.
const attempts = `title: b
name: b
logsource: {product: linux, service: sshd}
detection: {s: {event.outcome: failure}, condition: s}
`;
const bruteForce = `title: c
correlation: {type: event_count, rules: [b], group-by: [source.ip], timespan: 5m, condition: {gte: 5}}
`;
const pair = loadRules([{ path: 'pair', text: `${attempts}---\n${bruteForce}` }]).flatMap(
  ({ rule }) => rule ?? [],
);
const set = new RuleSet(pair);
const engine = new CorrelationEngine(pair, new MemoryCorrelationStore());
const events = sshd.map((line, i) => ({
  ...parseFrame(line, context),
  'event.outcome': 'failure',
  'source.ip': `10.0.0.${i % 200}`,
}));
let id = 0;
let cpu = 0;
const BATCH = 500;
for (let round = 0; round < 200; round += 1) {
  const from = cpuMs();
  const sightings = [];
  for (let i = 0; i < BATCH; i += 1) {
    const event = events[(round * BATCH + i) % events.length];
    id += 1;
    for (const rule of set.match(event))
      sightings.push({ rule, event, id: String(id), time: context.receivedAt + id });
  }
  await engine.apply('bench', sightings);
  cpu += cpuMs() - from;
}
console.log(
  `correlation, 200 addresses that all alert | ${Math.round((id * 1000) / cpu)} events/s | ${((cpu * 1000) / id).toFixed(1)} µs an event`,
);
