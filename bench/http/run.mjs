// How many events a second HTTP ingest takes, acknowledged, and what a request waits. See README.md.
import { Agent, request } from 'node:http';
import { DEMO_PASSWORD, startProduct } from '../lib/product.mjs';

const SECONDS = 8;
const CONNECTIONS = 8;
const LINE = (n) =>
  `<38>Nov 20 21:10:00 web-01 sshd[${n % 32768}]: Failed password for root from 203.0.113.${n % 250} port 40000 ssh2`;
const numbers = (count) => Array.from({ length: count }, (_, n) => n);

/** By name: path, content type and body of one request of `count` events. */
const KINDS = {
  'text lines': (count) => ['/ingest', 'text/plain', numbers(count).map(LINE).join('\n')],
  NDJSON: (count) => [
    '/ingest',
    'application/x-ndjson',
    numbers(count)
      .map((n) =>
        JSON.stringify({
          '@timestamp': new Date().toISOString(),
          message: LINE(n),
          host: { name: 'web-01' },
        }),
      )
      .join('\n'),
  ],
  HEC: (count) => [
    '/services/collector',
    'application/json',
    numbers(count)
      .map((n) => JSON.stringify({ time: Date.now() / 1000, host: 'web-01', event: LINE(n) }))
      .join(''),
  ],
  _bulk: (count) => [
    '/logs/_bulk',
    'application/x-ndjson',
    numbers(count)
      .map((n) => `{"create":{}}\n${JSON.stringify({ message: LINE(n), 'host.name': 'web-01' })}\n`)
      .join(''),
  ],
};

const product = await startProduct();
try {
  const key = await makeKey(product.ports.HTTP_PORT);
  console.log('kind | events a request | requests/s | events/s | p50 ms | p99 ms | not 200');
  for (const [kind, make] of Object.entries(KINDS))
    for (const count of [1, 100, 1000]) {
      const { times, refused } = await load(product.ports.INGEST_HTTP_PORT, key, make(count));
      times.sort((a, b) => a - b);
      const at = (share) => times[Math.floor(times.length * share)]?.toFixed(1);
      const rate = times.length / SECONDS;
      console.log(
        `${kind} | ${count} | ${rate.toFixed(0)} | ${(rate * count).toFixed(0)} | ${at(0.5)} | ${at(0.99)} | ${refused}`,
      );
    }
} finally {
  await product.stop();
}

async function makeKey(port) {
  const api = `http://127.0.0.1:${port}/api/v1`;
  const post = async (path, body, token) => {
    const headers = {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
    const response = await fetch(api + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const { accessToken } = await post('/auth/login', {
    email: 'admin@acme-corp.test',
    password: DEMO_PASSWORD,
  });
  const { key } = await post('/api-keys', { name: 'bench' }, accessToken);
  await new Promise((resolve) => setTimeout(resolve, 2500)); // until the ingestor knows it
  return key;
}

async function load(port, key, [path, type, body]) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
  };
  const end = performance.now() + SECONDS * 1000;
  const times = [];
  let refused = 0;
  const send = () =>
    new Promise((resolve, reject) => {
      const since = performance.now();
      const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200) times.push(performance.now() - since);
          else refused++;
          resolve();
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  const connection = async () => {
    while (performance.now() < end) await send();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  agent.destroy();
  return { times, refused };
}
