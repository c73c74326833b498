// bench/fuzz: mutated frames through framers, header, decoders. See README.md beside this file.
// Usage: node bench/fuzz/run.mjs [--frames 1000000] [--seed 1] [--from 0] [--limit-ms 5] [--show N]
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

const { values: options } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    'limit-ms': { type: 'string', default: '5' },
    show: { type: 'string' },
  },
});
const HANG_MS = 10_000;
const LOOK_MS = 500;
const seed = Number(options.seed);
const from = Number(options.show ?? options.from);
const count = options.show === undefined ? Number(options.frames) : 1;

async function show() {
  const [{ DECODERS, DECODER_NAMES }, { specLines }, { frames }, { throughDecoders }] = await Promise.all([
    import('../../libs/normalize/dist/index.js'),
    import('../lib/spec-lines.mjs'),
    import('./mutate.mjs'),
    import('./targets.mjs'),
  ]);
  const lines = specLines().map(({ text }) => text);
  const programs = DECODERS.flatMap((decoder) => decoder.programs);
  const frame = frames(seed, lines, programs, DECODER_NAMES)(from);
  process.stdout.write(
    `${JSON.stringify(frame.bytes.toString().slice(0, 2000))} (${frame.bytes.length} bytes)\n`,
  );
  for (const type of ['auto', frame.type]) {
    const event = throughDecoders(frame.bytes, type);
    process.stdout.write(`${type}: ${JSON.stringify(event).slice(0, 2000)}\n`);
  }
}

async function run() {
  const began = performance.now();
  const position = new SharedArrayBuffer(8);
  const place = new Float64Array(position);
  const limitMs = Number(options['limit-ms']);
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
    workerData: { seed, from, to: from + count, limitMs, position },
  });
  let answer;
  let ended = false;
  worker.on('message', (message) => (answer = message));
  worker.on('error', (error) => {
    answer = { problems: [{ number: place[0], problem: error.stack }], done: place[0] - from };
  });
  worker.on('exit', () => (ended = true));
  for (let at = -1, since = Date.now(); !ended; await sleep(LOOK_MS)) {
    if (place[0] !== at) [at, since] = [place[0], Date.now()];
    else if (Date.now() - since > HANG_MS && answer === undefined) {
      answer = { problems: [{ number: at, problem: `not done after ${HANG_MS} ms` }], done: at - from };
      await worker.terminate();
    }
  }
  const seconds = (performance.now() - began) / 1000;
  const { problems, ...rest } = answer;
  process.stdout.write(`${JSON.stringify({ seed, ...rest, problems: problems.length, seconds })}\n`);
  for (const problem of problems) process.stdout.write(`${JSON.stringify(problem)}\n`);
  process.exitCode = problems.length === 0 && answer.done === count ? 0 : 1;
}

await (options.show === undefined ? run() : show());
