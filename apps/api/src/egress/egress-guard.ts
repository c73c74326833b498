import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { normalizeIp } from '@parapet/contracts';
import { EgressFailedError, EgressRefusedError } from './errors.js';
import { isPublicAddress } from './public-address.js';

const TIMEOUT_MS = 5000;
const RESPONSE_LIMIT = 1024 * 1024;
const SOCKETS_PER_HOST = 8;

export interface EgressRequest {
  method: 'GET' | 'POST';
  headers?: Readonly<Record<string, string | number>>;
  body?: Buffer;
  /** Bytes of the answer at most [1 MiB]. */
  maxBytes?: number;
  /** Give back what came until then instead of failing. */
  truncate?: boolean;
  /** For the body alone, once the answer has begun within 5 s. Left out: 5 s in all. */
  bodyTimeoutMs?: number;
}

export interface EgressResponse {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

type Resolver = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** One spelling of a host: `[::1]` → `::1`, `Mail.Example.` → `mail.example`. */
function hostOf(text: string): string {
  const bare = text
    .trim()
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  return normalizeIp(bare) ?? bare;
}

/**
 * The way out for requests to URLs that users gave (push endpoints, webhooks, feeds). R41: https only, public addresses
 * only, looked at when the connection is made, so that a name that changes its address in between gains nothing; no
 * redirects followed; 5 s in all and answers up to 1 MiB, where a request does not say otherwise. Hosts of EGRESS_ALLOW_HOSTS may be private, and plain http.
 */
export class EgressGuard {
  private readonly allowed: ReadonlySet<string>;
  private readonly agents: { 'http:': HttpAgent; 'https:': HttpsAgent };

  /** @param allowHosts EGRESS_ALLOW_HOSTS: names or addresses, comma-separated. */
  constructor(
    allowHosts: string,
    private readonly resolver: Resolver = resolve,
  ) {
    this.allowed = new Set(
      allowHosts
        .split(',')
        .map(hostOf)
        .filter((host) => host !== ''),
    );
    const options = { keepAlive: true, maxSockets: SOCKETS_PER_HOST, lookup: this.lookup };
    this.agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  }

  /**
   * What can be said of a URL before anybody connects; for input as well as before each request.
   * @throws EgressRefusedError
   */
  checkUrl(text: string): URL {
    if (!URL.canParse(text)) throw new EgressRefusedError('This is no URL.');
    const url = new URL(text);
    const host = hostOf(url.hostname);
    const allowed = this.allowed.has(host);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowed)) {
      throw new EgressRefusedError('The URL must begin with https://.');
    }
    if (url.username !== '' || url.password !== '') {
      throw new EgressRefusedError('The URL must not hold a user name or password.');
    }
    if (isIP(host) !== 0 && !this.mayReach(host, host)) throw refused(host);
    return url;
  }

  /**
   * One request. A redirect is an answer like any other.
   * @throws EgressRefusedError when the host resolves to a forbidden address, EgressFailedError for all else.
   */
  async request(text: string, asked: EgressRequest): Promise<EgressResponse> {
    const { method, headers = {}, body, bodyTimeoutMs } = asked;
    const url = this.checkUrl(text);
    const abort = new AbortController();
    const { signal } = abort;
    let patience = TIMEOUT_MS;
    let timer = setTimeout(() => abort.abort(), patience);
    const options = { method, headers: { ...headers }, signal };
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const request =
          url.protocol === 'https:'
            ? httpsRequest(url, { ...options, agent: this.agents['https:'] }, resolve)
            : httpRequest(url, { ...options, agent: this.agents['http:'] }, resolve);
        request.on('error', reject);
        request.end(body);
      });
      if (bodyTimeoutMs !== undefined) {
        clearTimeout(timer);
        patience = bodyTimeoutMs;
        timer = setTimeout(() => abort.abort(), patience);
      }
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: await readBody(response, url.host, asked),
      };
    } catch (error) {
      if (error instanceof EgressRefusedError || error instanceof EgressFailedError) throw error;
      throw new EgressFailedError(
        url.host,
        signal.aborted ? `no answer within ${patience / 1000} s` : reason(error),
        {
          cause: error,
        },
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes what is kept open for the next request. */
  close(): void {
    this.agents['http:'].destroy();
    this.agents['https:'].destroy();
  }

  private mayReach(host: string, address: string): boolean {
    return this.allowed.has(host) || this.allowed.has(hostOf(address)) || isPublicAddress(address);
  }

  /** `lookup` of net.connect: refuses a name when any of its addresses is forbidden. */
  private readonly lookup = (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    this.resolver(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const host = hostOf(hostname);
      if (!addresses.every(({ address }) => this.mayReach(host, address))) return callback(refused(host), []);
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      if (!first) return callback(new EgressFailedError(host, 'the name has no address'), []);
      callback(null, first.address, first.family);
    });
  };
}

const refused = (host: string) =>
  new EgressRefusedError(
    `${host} is not an address of the public Internet. An operator may allow it with EGRESS_ALLOW_HOSTS.`,
  );

function reason(error: unknown): string {
  if (error instanceof AggregateError) return reason(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

async function readBody(
  response: IncomingMessage,
  host: string,
  { maxBytes = RESPONSE_LIMIT, truncate = false }: EgressRequest,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early destroys the response and its connection.
  for await (const chunk of response) {
    const piece = Buffer.from(chunk);
    size += piece.length;
    if (size > maxBytes && !truncate)
      throw new EgressFailedError(host, `the answer is longer than ${maxBytes / 1024 / 1024} MiB`);
    chunks.push(piece);
    if (size > maxBytes) break;
  }
  return Buffer.concat(chunks);
}
