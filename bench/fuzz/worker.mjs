// Runs the frames [from, to) of a seed. Tells the main thread where it is by shared memory, so that a hang is seen.
import { parentPort, workerData } from 'node:worker_threads';
import { DECODERS, DECODER_NAMES } from '../../libs/normalize/dist/index.js';
import { specLines } from '../lib/spec-lines.mjs';
import { frames } from './mutate.mjs';
import { asRecord, checkEvent, throughDecoders, throughStreams } from './targets.mjs';

const { seed, from, to, limitMs, position } = workerData;
const place = new Float64Array(position);
const TRIES = 5;
const MOST_PROBLEMS = 50;

const programs = DECODERS.flatMap((decoder) => decoder.programs);
const frameAt = frames(
  seed,
  specLines().map(({ text }) => text),
  programs,
  DECODER_NAMES,
);

function clocked(run) {
  const began = process.hrtime.bigint();
  const result = run();
  return { result, ms: Number(process.hrtime.bigint() - began) / 1e6 };
}

/** A collection or another process may take the CPU meanwhile: what is slow once is asked again, and its best counts. */
function best(run, first) {
  let ms = first;
  for (let n = 0; n < TRIES && ms > limitMs; n++) ms = Math.min(ms, clocked(run).ms);
  return ms;
}

const problems = [];
const decoders = new Set();
let slowest = { ms: 0, number: -1, type: '' };
let bytes = 0;
let longest = 0;
for (let number = from; number < to && problems.length < MOST_PROBLEMS; number++) {
  place[0] = number;
  const frame = frameAt(number);
  bytes += frame.bytes.length;
  longest = Math.max(longest, frame.bytes.length);
  let type = 'auto';
  try {
    for (type of ['auto', frame.type]) {
      const run = () => throughDecoders(frame.bytes, type);
      const { result, ms: first } = clocked(run);
      checkEvent(result);
      decoders.add(result['labels.decoder']);
      const ms = best(run, first);
      if (ms > slowest.ms) slowest = { ms, number, type };
      if (ms > limitMs) problems.push({ number, type, problem: `${ms.toFixed(1)} ms` });
    }
    const record = asRecord(frame);
    if (record) checkEvent(record);
    throughStreams(frame);
  } catch (error) {
    problems.push({ number, type, problem: error.stack.split('\n').slice(0, 4).join(' ') });
  }
}
parentPort.postMessage({
  problems,
  slowest,
  bytes,
  longest,
  decoders: `${decoders.size} of ${DECODERS.length}`,
  done: place[0] + 1 - from,
});
