// Sends numbered lines at a rate by TCP, UDP, RELP or HTTP, as long as it is told, whatever becomes of the receiver; RELP and HTTP until all is
// acknowledged. Prints {"sent","acknowledged","connections","seconds"}.
// Arguments: transport, port, local address, events a second, seconds, run (stands in every line), API key (HTTP), `sshd` for attack lines
// instead of numbered ones.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sshdLines } from './sshd-lines.mjs';

const [transport, portText, localAddress, rateText, secondsText, run, key, kind] = process.argv.slice(2);
const port = Number(portText);
const RATE = Number(rateText);
const SECONDS = Number(secondsText);
const TOTAL = RATE * SECONDS;
const TICK_MS = 5;
const RETRY_MS = 100;
const GIVE_UP_MS = 300_000;

const began = performance.now();
let sent = 0;
let connections = 0;

/** `run number` is its whole message, so that the rows can be counted by it. */
const numbered = (number) =>
  `<134>1 ${new Date().toISOString()} sender bench ${process.pid} - - ${run} ${number}`;

const attacks = kind === 'sshd' ? sshdLines(20_000, { attackers: 200 }) : [];
const attack = (number) =>
  attacks[number % attacks.length].replace(/ \S+/, () => ` ${new Date().toISOString()}`);
const lineOf = kind === 'sshd' ? attack : numbered;

/** How many may be sent by now. */
const due = () => Math.min(TOTAL, Math.floor(((performance.now() - began) / 1000) * RATE));

/** Calls `emit` with the numbers that are due, which returns how many of them it took; ends when all were taken. */
async function paced(emit) {
  while (sent < TOTAL) {
    const count = due() - sent;
    if (count > 0) sent += await emit(sent, count);
    await sleep(TICK_MS);
  }
}

async function connected(open) {
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    try {
      await once(socket, 'connect');
      connections++;
      socket.on('error', () => undefined); // `close` follows
      socket.setNoDelay(true);
      await open?.(socket);
      return socket;
    } catch {
      socket.destroy();
      await sleep(RETRY_MS);
    }
  }
}

/** What was written when the connection broke is lost: nobody acknowledges plain TCP. */
async function tcp() {
  let socket = await connected();
  await paced(async (from, count) => {
    if (socket.destroyed) socket = await connected();
    if (socket.writableNeedDrain) return 0;
    let text = '';
    const chunk = Math.min(count, 500);
    for (let n = from; n < from + chunk; n++) text += `${lineOf(n)}\n`;
    socket.write(text);
    return chunk;
  });
  socket.end();
  await once(socket, 'close').catch(() => undefined);
  return { acknowledged: null };
}

async function udp() {
  const socket = createSocket('udp4');
  socket.bind(0, localAddress);
  await once(socket, 'listening');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined); // refused while the receiver is away
  let failed = 0;
  await paced((from, count) => {
    const chunk = Math.min(count, 200);
    for (let n = from; n < from + chunk; n++) socket.send(lineOf(n), (error) => error && failed++);
    return chunk;
  });
  await sleep(500);
  socket.close();
  return { acknowledged: null, failed };
}

/** librelp's window of frames without an answer. */
const WINDOW = 128;

/** As librelp does: frames that were not answered are kept, and sent first on the next connection, in their order. */
async function relp() {
  const waiting = new Map(); // transaction number → line
  let number = 0;
  let acknowledged = 0;
  let received = '';
  let answered;
  const frame = (command, data) => `${++number} ${command} ${Buffer.byteLength(data)} ${data}\n`;

  const read = (text) => {
    received += text;
    for (;;) {
      const head = /^(\d+) ([a-z]+) (\d+) ?/.exec(received);
      const end = head ? head[0].length + Number(head[3]) : 0;
      if (!head || received.length <= end) return;
      const data = received.slice(head[0].length, end);
      received = received.slice(end).replace(/^\n/, '');
      if (head[2] !== 'rsp' || !data.startsWith('200')) continue;
      if (waiting.delete(Number(head[1]))) acknowledged++;
      else answered?.();
    }
  };

  const open = async (socket) => {
    const unanswered = [...waiting.values()];
    waiting.clear();
    number = 0;
    received = '';
    socket.on('data', (chunk) => read(chunk.toString('latin1')));
    const opened = new Promise((resolve, reject) => {
      answered = resolve;
      socket.once('close', () => reject(new Error('closed')));
    });
    socket.write(frame('open', 'relp_version=0\nrelp_software=bench\ncommands=syslog'));
    try {
      await opened;
    } catch (error) {
      // Not a session: what was kept is kept for the next.
      unanswered.forEach((line, at) => waiting.set(-1 - at, line));
      throw error;
    }
    let text = '';
    for (const line of unanswered) {
      text += frame('syslog', line);
      waiting.set(number, line);
    }
    socket.write(text);
  };

  let socket = await connected(open);
  await paced(async (from, count) => {
    if (socket.destroyed) socket = await connected(open);
    const room = Math.min(count, WINDOW - waiting.size);
    let text = '';
    for (let n = from; n < from + room; n++) {
      const line = lineOf(n);
      text += frame('syslog', line);
      waiting.set(number, line);
    }
    if (text !== '') socket.write(text);
    return Math.max(0, room);
  });
  for (const until = Date.now() + GIVE_UP_MS; waiting.size > 0 && Date.now() < until; await sleep(TICK_MS))
    if (socket.destroyed) socket = await connected(open);
  socket.write(frame('close', ''));
  await Promise.race([once(socket, 'close'), sleep(2000)]);
  socket.destroy();
  return { acknowledged };
}

const LINES_A_REQUEST = 250;
const REQUESTS_AT_ONCE = 4;

/** A request is repeated with the same body until it is answered 2xx. */
async function http() {
  const agent = new Agent({ keepAlive: true, maxSockets: REQUESTS_AT_ONCE, localAddress });
  let acknowledged = 0;
  const refused = {};
  const post = (body) =>
    new Promise((resolve) => {
      const outgoing = request(
        { host: '127.0.0.1', port, path: '/ingest', method: 'POST', agent, localAddress, timeout: 40_000 },
        (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode));
          response.once('error', () => resolve(0));
        },
      );
      outgoing.setHeader('authorization', `Bearer ${key}`);
      outgoing.setHeader('content-type', 'text/plain');
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', () => resolve(0));
      outgoing.end(body);
    });
  const deliver = async (body, lines) => {
    const until = Date.now() + GIVE_UP_MS;
    for (;;) {
      connections++;
      const status = await post(body);
      if (status >= 200 && status < 300) break;
      refused[status] = (refused[status] ?? 0) + 1;
      if (Date.now() > until) return;
      await sleep(RETRY_MS);
    }
    acknowledged += lines;
  };
  const active = new Set();
  await paced(async (from, count) => {
    const lines = Math.min(count, LINES_A_REQUEST);
    if (lines < LINES_A_REQUEST && from + lines < TOTAL) return 0;
    if (active.size >= REQUESTS_AT_ONCE) await Promise.race(active);
    const body = Array.from({ length: lines }, (_, n) => lineOf(from + n)).join('\n');
    const done = deliver(body, lines).finally(() => active.delete(done));
    active.add(done);
    return lines;
  });
  await Promise.all(active);
  agent.destroy();
  return { acknowledged, refused };
}

const result = await { tcp, udp, relp, http }[transport]();
const seconds = (performance.now() - began) / 1000;
process.stdout.write(`${JSON.stringify({ sent, ...result, connections, seconds })}\n`);
