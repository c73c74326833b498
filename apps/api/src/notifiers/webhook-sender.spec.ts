import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EgressGuard } from '../egress/egress-guard.js';
import { signedHeaders, WebhookSender } from './webhook-sender.js';

describe('signature', () => {
  it('is that of the Standard Webhooks libraries', () => {
    // Their own example: key, id, time and body.
    const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' };
    expect(signedHeaders(message, secret, 1614265330)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});

describe('sending', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; headers?: Record<string, string> } = { status: 200 };
  let asked = 0;
  const guard = new EgressGuard('127.0.0.1');
  const sender = new WebhookSender(guard);
  const secret = Buffer.alloc(32, 1);
  const send = (to = url) => sender.send(to, secret, { id: 'a', body: '{"x":"ü"}' });

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked++;
      request.resume().on('end', () => response.writeHead(answer.status, answer.headers).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  beforeEach(() => {
    asked = 0;
  });
  afterAll(() => {
    guard.close();
    server.close();
    server.closeAllConnections();
  });

  it.each([200, 202, 204])('%i is a success', async (status) => {
    answer = { status };
    expect(await send()).toEqual({ outcome: 'sent' });
  });

  it.each([400, 404, 429, 500, 503])('%i may go better later', async (status) => {
    answer = { status };
    expect(await send()).toEqual({
      outcome: 'error',
      problem: `the receiver answered ${status}`,
      retryable: true,
    });
  });

  it('410 ends it', async () => {
    answer = { status: 410 };
    expect(await send()).toEqual({ outcome: 'gone' });
  });

  it('R41 a redirect is not followed', async () => {
    answer = { status: 307, headers: { location: url } };
    expect(await send()).toMatchObject({ outcome: 'error', problem: 'the receiver answered 307' });
    expect(asked).toBe(1);
  });

  it.each([
    'https://127.0.0.2/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/',
    'http://a.example/',
  ])('R41 %s is refused for good', async (to) =>
    expect(await send(to)).toMatchObject({ outcome: 'error', retryable: false }),
  );

  it('R41 a name that leads inside is refused when it connects', async () => {
    const rebinding = new EgressGuard('', (_name, _options, callback) =>
      callback(null, [{ address: '10.0.0.1', family: 4 }]),
    );
    const result = await new WebhookSender(rebinding).send('https://hooks.example.test/', secret, {
      id: 'a',
      body: '{}',
    });
    expect(result).toMatchObject({ outcome: 'error', retryable: false });
  });

  it('nobody there may go better later', async () => {
    expect(await send('http://127.0.0.1:1/')).toMatchObject({ outcome: 'error', retryable: true });
  });
});
