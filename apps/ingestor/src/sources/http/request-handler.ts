import type { IncomingMessage, ServerResponse } from 'node:http';
import { countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { InDoubt } from '../../pipeline/in-doubt.js';
import type { KeyUse } from '../../pipeline/key-use.js';
import type { Placement } from '../../pipeline/placement.js';
import type { Publisher } from '../../pipeline/publisher.js';
import type { Quotas } from '../../pipeline/quota.js';
import { Receipt } from '../../pipeline/receipt.js';
import type { Backpressure } from '../../pipeline/backpressure.js';
import type { Route } from '../../pipeline/route.js';
import { newSender } from '../../pipeline/sender.js';
import type { TrustedProxies } from '../trusted-proxies.js';
import { problemAnswer, type Answer, type Refusal } from './answer.js';
import { BodyError, encodingOf, type BodyReader } from './body.js';
import { readCredentials } from './credentials.js';
import type { Delivery } from './delivery.js';
import type { HttpProtocol, Outcome } from './protocol.js';
import { findRoute, type Found } from './router.js';

/** How long Redis may take with a request before its sender is told to come again. */
const SETTLE_MS = 25_000;
/** What of a refused request's body is still read, so that its sender hears why: a closed connection would cut the answer off. */
const LINGER_MS = 1000;
const TOO_LARGE = 413;

export interface HandlerParts {
  protocols: readonly HttpProtocol[];
  placement: Pick<Placement, 'byKey'>;
  quotas: Pick<Quotas, 'holdsOff'>;
  backpressure: Pick<Backpressure, 'paused'>;
  publisher: Pick<Publisher, 'stalled'>;
  inDoubt: Pick<InDoubt, 'told' | 'untold'>;
  keyUse: Pick<KeyUse, 'note'>;
  proxies: TrustedProxies;
  bodies: BodyReader;
  delivery: Delivery;
  logger: Logger;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Asks for the body of a sender that waits for leave to send it. */
  proceed: () => void;
}

interface Admitted {
  keyHash: string;
  route?: Route;
}

/** What happens to one request: route, key, limits, body, events, answer. */
export class RequestHandler {
  private closing = false;

  constructor(private readonly parts: HandlerParts) {}

  /** From now on every answer ends its connection. */
  close(): void {
    this.closing = true;
  }

  /** Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse, proceed = () => {}): Promise<void> {
    const since = performance.now();
    const { path, query } = splitTarget(request.url ?? '/');
    const found = findRoute(this.parts.protocols, request.method ?? 'GET', path);
    request.on('error', () => undefined); // the response's `close` tells
    response.on('error', () => undefined);
    response.once('close', () => {
      const labels = {
        operation: `ingest.${found?.protocol.name ?? 'none'}`,
        status: String(response.statusCode),
      };
      metrics.httpSeconds.observe(labels, (performance.now() - since) / 1000);
    });
    const exchange = { request, response, proceed };
    if (found === undefined) return this.send(exchange, problemAnswer('not_found'));
    try {
      if ('methods' in found) {
        const answer = found.protocol.refuse('bad_method', request.headers);
        answer.headers.allow = [...new Set(found.methods)].join(', ');
        this.send(exchange, answer);
      } else await this.serve(exchange, found, query);
    } catch (error) {
      if (response.destroyed || response.headersSent) return; // the sender left
      const refusal = error instanceof BodyError ? error.refusal : 'failed';
      if (refusal === 'failed') {
        countFailure('http', 'handle');
        this.parts.logger.error({ err: error, path }, 'a request could not be handled');
      }
      this.send(exchange, found.protocol.refuse(refusal, request.headers));
    }
  }

  private async serve(exchange: Exchange, found: Found, query: URLSearchParams): Promise<void> {
    const { request } = exchange;
    const admitted = found.route.open ? { keyHash: '' } : this.admit(request);
    if (typeof admitted === 'string')
      return this.send(exchange, found.protocol.refuse(admitted, request.headers));
    encodingOf(request);
    exchange.proceed();
    const { body, release } = await this.parts.bodies.read(request);
    try {
      const outcome = found.route.handle({
        method: request.method ?? 'GET',
        params: found.params,
        query,
        headers: request.headers,
        body,
        keyHash: admitted.keyHash,
        now: Date.now(),
      });
      await this.carryOut(exchange, found.protocol, admitted, outcome);
    } finally {
      release();
    }
  }

  /** Whether the request may come in, by what its headers say. */
  private admit(request: IncomingMessage): Admitted | Refusal {
    const { placement, quotas, backpressure, publisher, keyUse } = this.parts;
    const credentials = readCredentials(request.headers.authorization);
    if ('missing' in credentials) return credentials.missing;
    const now = Date.now();
    const route = placement.byKey(credentials.hash, now);
    if (route === undefined) return 'bad_key';
    keyUse.note(route.sourceId, now);
    if (request.method === 'GET' || request.method === 'HEAD') return { keyHash: credentials.hash, route };
    if (publisher.stalled) return 'unavailable';
    if (backpressure.paused) return 'busy';
    if (quotas.holdsOff(route.tenantId, now)) return 'over_quota';
    return { keyHash: credentials.hash, route };
  }

  /** Hands the events on, and answers when Redis has them. */
  private async carryOut(
    exchange: Exchange,
    protocol: HttpProtocol,
    { keyHash, route }: Admitted,
    { items, answer }: Outcome,
  ): Promise<void> {
    const { request, response } = exchange;
    if (items === undefined || route === undefined) return this.send(exchange, answer(0));
    const { inDoubt, delivery, proxies } = this.parts;
    const forwarded = request.headers['x-forwarded-for'];
    const sender = newSender(
      proxies.client(
        request.socket.remoteAddress ?? '',
        Array.isArray(forwarded) ? forwarded.join(',') : forwarded,
      ),
      'http',
      { kind: 'key', hash: keyHash },
    );
    let settled: () => void = () => undefined;
    const stored = new Promise<'stored'>((resolve) => {
      settled = () => resolve('stored');
    });
    const receipt = new Receipt(() => settled());
    let gone = false;
    const left = new Promise<'gone'>((resolve) => {
      response.once('close', () => {
        gone = true;
        resolve('gone');
      });
    });
    let told = false;
    try {
      const taken = await delivery.deliver(items, { route, sender, receipt }, () => gone);
      receipt.seal();
      const late = timeout(SETTLE_MS);
      const result = await Promise.race([stored, left, late.promise]);
      late.cancel();
      if (result === 'gone') return;
      if (result === 'late') return this.send(exchange, protocol.refuse('unavailable', request.headers));
      told = await this.sendAll(exchange, answer(taken));
    } finally {
      if (told) inDoubt.told(receipt);
      else inDoubt.untold(receipt);
    }
  }

  /** Sends, and resolves with whether all of it was handed to the kernel. */
  private sendAll(exchange: Exchange, answer: Answer): Promise<boolean> {
    const { response } = exchange;
    if (response.destroyed) return Promise.resolve(false);
    const sent = new Promise<boolean>((resolve) => {
      response.once('finish', () => resolve(true));
      response.once('close', () => resolve(response.writableFinished));
    });
    this.send(exchange, answer);
    return sent;
  }

  private send({ request, response }: Exchange, { status, headers, body }: Answer): void {
    if (response.destroyed) return;
    const content = typeof body === 'string' ? Buffer.from(body) : body;
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('content-length', content.length);
    const unread = !request.readableEnded && hasBody(request);
    if (unread || this.closing || status === TOO_LARGE) response.setHeader('connection', 'close');
    const text = request.method === 'HEAD' ? undefined : content;
    if (unread) this.linger(request, response, text);
    else response.end(text);
  }

  /**
   * A body that nobody reads must not be taken for the next request, so the connection ends. But closed with bytes unread it would be reset,
   * and the answer with it: the answer goes out, and the end waits for the body's.
   */
  private linger(request: IncomingMessage, response: ServerResponse, text: Buffer | undefined): void {
    if (text === undefined) response.flushHeaders();
    else response.write(text);
    const timer = setTimeout(() => response.end(), LINGER_MS);
    const end = () => {
      clearTimeout(timer);
      response.end();
    };
    request.once('end', end);
    request.once('close', end);
    request.resume();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function splitTarget(target: string): { path: string; query: URLSearchParams } {
  // A proxy may send the whole URL (RFC 9112 3.2.2).
  const local = /^https?:\/\/[^/?]*/i.exec(target)?.[0].length ?? 0;
  const at = target.indexOf('?', local);
  const path = target.slice(local, at === -1 ? undefined : at);
  return {
    path: path === '' ? '/' : path,
    query: new URLSearchParams(at === -1 ? '' : target.slice(at + 1)),
  };
}

function timeout(ms: number): { promise: Promise<'late'>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}
