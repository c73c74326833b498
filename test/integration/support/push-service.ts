import { createECDH, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A push service on loopback. What comes is encrypted; it counts and answers as told. */
export class PushService {
  /** Answers in turn; the last one stays. */
  answers: { status: number; headers?: Record<string, string> }[] = [{ status: 201 }];
  readonly requests: { path: string; at: number; headers: Record<string, unknown>; bytes: number }[] = [];
  private readonly keys = createECDH('prime256v1');
  private readonly secret = randomBytes(16);
  private readonly server: Server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => {
      this.requests.push({ path: request.url ?? '', at: Date.now(), headers: request.headers, bytes });
      const answer = (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) ?? { status: 201 };
      response.writeHead(answer.status, answer.headers).end();
    });
  });

  static async start(): Promise<PushService> {
    const service = new PushService();
    service.keys.generateKeys();
    service.server.listen(0, '127.0.0.1');
    await once(service.server, 'listening');
    return service;
  }

  /** A new subscription's endpoint and keys. */
  subscription() {
    const { port } = this.server.address() as AddressInfo;
    return {
      endpoint: `http://127.0.0.1:${port}/push/${randomBytes(8).toString('hex')}`,
      p256dh: this.keys.getPublicKey('base64url'),
      auth: this.secret.toString('base64url'),
    };
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
