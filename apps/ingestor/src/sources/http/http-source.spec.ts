import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@parapet/telemetry';
import { ConnectionLimit } from '../connection-limit.js';
import { TrustedProxies } from '../trusted-proxies.js';
import { HttpSource, type HttpTimeouts } from './http-source.js';

const TIMEOUTS: HttpTimeouts = {
  headers: 150,
  request: 300,
  keepAlive: 200,
  handshake: 200,
  check: 25,
  linger: 50,
};

let source: HttpSource;
let limit: ConnectionLimit;
/** How each request's body ended. */
let bodies: Promise<'whole' | 'cut'>[];

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (async () => {
    try {
      for await (const chunk of request) if (chunk === undefined) throw new TypeError('never');
      return 'whole' as const;
    } catch {
      return 'cut' as const;
    }
  })();
  bodies.push(body);
  if ((await body) === 'whole') response.end('ok');
}

beforeEach(async () => {
  bodies = [];
  limit = new ConnectionLimit(2, 2);
  source = new HttpSource(
    { host: '127.0.0.1', port: 0, timeouts: TIMEOUTS },
    {
      handler: { handle, close: () => undefined },
      limit,
      proxies: new TrustedProxies([]),
      logger: createLogger('test', 'silent'),
    },
  );
  await source.start();
});
afterEach(() => source.stop());

async function open(): Promise<Socket> {
  // Like the senders this is about: it does not end when the server does.
  const socket = connect({ host: '127.0.0.1', port: source.port, allowHalfOpen: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Writes a piece every 20 ms until the connection is gone; resolves with how long that took, milliseconds, and what was heard. */
async function trickle(first: string, piece: string): Promise<{ ms: number; heard: string }> {
  const socket = await open();
  const since = performance.now();
  let heard = '';
  let gone = false;
  socket.on('data', (text) => (heard += String(text)));
  socket.once('close', () => (gone = true));
  // Who writes nothing learns of the end by reading alone.
  socket.once('end', () => (gone ||= piece === ''));
  if (first !== '') socket.write(first);
  while (!gone) {
    if (piece !== '') socket.write(piece);
    await sleep(20);
    if (performance.now() - since > 3000) throw new Error('the connection is still there');
  }
  socket.destroy();
  return { ms: performance.now() - since, heard };
}

/** Both places can be taken: the slow sender's was given back. */
async function bothFree(): Promise<void> {
  for (let taken = 0; taken < 2;) {
    if (limit.enter('192.0.2.1') === 'ok') taken++;
    else await sleep(10); // the test's own time ends it
  }
}

it('headers that trickle in end with 408, at their time, though the sender goes on', async () => {
  const { ms, heard } = await trickle('POST /ingest HTTP/1.1\r\nHost: x\r\n', 'X-A: b\r\n');
  expect(heard).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(ms).toBeGreaterThanOrEqual(TIMEOUTS.headers);
  expect(ms).toBeLessThan(TIMEOUTS.headers + 1000);
  expect(bodies).toEqual([]);
  await bothFree();
});

it('a body that trickles in ends, and whoever reads it hears so', async () => {
  const { ms } = await trickle('POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n', 'x');
  expect(ms).toBeGreaterThanOrEqual(TIMEOUTS.request);
  expect(ms).toBeLessThan(TIMEOUTS.request + 1000);
  expect(await Promise.all(bodies)).toEqual(['cut']);
  await bothFree();
});

it('chunks without end, too', async () => {
  const head = 'POST /ingest HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
  await trickle(head, '1\r\nx\r\n');
  expect(await Promise.all(bodies)).toEqual(['cut']);
});

it('who connects and says nothing loses the place', async () => {
  const { ms } = await trickle('', '');
  expect(ms).toBeLessThan(TIMEOUTS.headers + 1000);
  await bothFree();
});

it('who stays after an answer keeps the place for a while only', async () => {
  const { ms, heard } = await trickle('GET / HTTP/1.1\r\nHost: x\r\n\r\n', '');
  expect(heard).toMatch(/^HTTP\/1\.1 200 /);
  expect(ms).toBeLessThan(TIMEOUTS.keepAlive + 2000);
  await bothFree();
});
