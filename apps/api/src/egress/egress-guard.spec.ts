import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EgressGuard } from './egress-guard.js';
import { EgressFailedError, EgressRefusedError } from './errors.js';

describe('R41 URLs', () => {
  const guard = new EgressGuard('push.internal, 10.1.2.3, [fd00::5]');

  it.each([
    'https://updates.push.example.com/x',
    'https://8.8.8.8/x',
    'https://push.internal:8443/x',
    'http://push.internal/x',
    'http://PUSH.internal./x',
    'http://10.1.2.3:8080/',
    'http://[fd00::5]/',
  ])('%s may be asked', (url) => expect(guard.checkUrl(url)).toBeInstanceOf(URL));

  it.each([
    'http://updates.push.example.com/x',
    'ftp://push.internal/x',
    'file:///etc/passwd',
    'https://user:secret@push.example.com/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://10.1.2.4/',
    'no url',
    '',
  ])('“%s” may not', (url) => expect(() => guard.checkUrl(url)).toThrow(EgressRefusedError));
});

describe('R41 requests', () => {
  const servers: Server[] = [];
  const serve = async (listener: RequestListener): Promise<number> => {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });
  const resolvingTo = (...answers: LookupAddress[][]) => {
    let turn = 0;
    return (_name: string, _options: unknown, callback: (error: null, found: LookupAddress[]) => void) =>
      callback(null, answers[Math.min(turn++, answers.length - 1)] ?? []);
  };
  const LOOPBACK = { address: '127.0.0.1', family: 4 };
  const PUBLIC = { address: '8.8.8.8', family: 4 };

  it('are refused at connect when one of the addresses of a name is private', async () => {
    const guard = new EgressGuard('', resolvingTo([PUBLIC, LOOPBACK]));
    await expect(guard.request('https://rebind.example.com/', { method: 'GET' })).rejects.toThrow(
      EgressRefusedError,
    );
  });

  it('look at the address of each new connection, so that a name that moves gains nothing', async () => {
    let asked = 0;
    const port = await serve((_request, response) => {
      asked++;
      response.writeHead(200, { connection: 'close' }).end('one');
    });
    // The address is allowed, the name is not: the second answer is what rebinding looks like.
    const guard = new EgressGuard('moves.example.com', resolvingTo([LOOPBACK]));
    expect((await guard.request(`http://moves.example.com:${port}/`, { method: 'GET' })).status).toBe(200);
    const strict = new EgressGuard('127.0.0.1', resolvingTo([{ address: '127.0.0.2', family: 4 }]));
    await expect(strict.request(`https://moves.example.com:${port}/`, { method: 'GET' })).rejects.toThrow(
      EgressRefusedError,
    );
    expect(asked).toBe(1);
  });

  it('hand a redirect back instead of following it', async () => {
    let asked = 0;
    const port = await serve((_request, response) => {
      asked++;
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    });
    const guard = new EgressGuard('127.0.0.1');
    expect((await guard.request(`http://127.0.0.1:${port}/`, { method: 'GET' })).status).toBe(302);
    expect(asked).toBe(1);
    guard.close();
  });

  it('end at 1 MiB of answer', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200);
      response.end(Buffer.alloc(1024 * 1024 + 1));
    });
    const guard = new EgressGuard('127.0.0.1');
    await expect(guard.request(`http://127.0.0.1:${port}/`, { method: 'GET' })).rejects.toThrow(/1 MiB/);
    guard.close();
  });

  it('end after 5 s without an answer', async () => {
    const port = await serve(() => undefined);
    const guard = new EgressGuard('127.0.0.1');
    const begun = performance.now();
    await expect(guard.request(`http://127.0.0.1:${port}/`, { method: 'GET' })).rejects.toThrow(
      EgressFailedError,
    );
    expect(performance.now() - begun).toBeGreaterThan(4500);
    guard.close();
  }, 10_000);
});
