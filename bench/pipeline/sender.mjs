// Sends prepared frames over TCP, as fast as the receiver takes them or at a given rate. Prints {"sent","seconds"}.
// Arguments: port, local address, events, rate (0 = unbounded), seed, attackers, zipf or uniform.
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { octetCounted, sshdLines } from '../lib/sshd-lines.mjs';

const [port, localAddress, events, rate, seed, attackers, spread] = process.argv
  .slice(2)
  .map((v, i) => (i === 1 || i === 6 ? v : Number(v)));
const BLOCK = 500;
const blocks = [];
const lines = sshdLines(20_000, { seed, attackers, uniform: spread === 'uniform' });
for (let i = 0; i < lines.length; i += BLOCK) blocks.push(prepare(lines.slice(i, i + BLOCK)));

/** Frames whose times can be overwritten in place. */
function prepare(list) {
  const bytes = octetCounted(list);
  const times = [];
  for (let at = bytes.indexOf('>1 20'); at !== -1; at = bytes.indexOf('>1 20', at + 1)) times.push(at + 3);
  return { bytes, times };
}

/** A copy of the block that says it was written now. */
function stamped({ bytes, times }) {
  const copy = Buffer.from(bytes);
  const now = new Date().toISOString();
  for (const at of times) copy.latin1Write(now, at);
  return copy;
}

const socket = connect({ host: '127.0.0.1', port, localAddress });
await once(socket, 'connect');
const began = performance.now();
let sent = 0;
let n = 0;
while (sent < events) {
  const left = events - sent;
  const whole = left >= BLOCK;
  const chunk = stamped(whole ? blocks[n++ % blocks.length] : prepare(lines.slice(0, left)));
  if (!socket.write(chunk)) await once(socket, 'drain');
  sent += whole ? BLOCK : left;
  if (rate > 0) {
    const ahead = (sent / rate) * 1000 - (performance.now() - began);
    if (ahead > 1) await sleep(ahead);
  }
}
socket.end();
await once(socket, 'close');
process.stdout.write(`${JSON.stringify({ sent, seconds: (performance.now() - began) / 1000 })}\n`);
