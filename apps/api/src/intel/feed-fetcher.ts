import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { ApiSettings } from '../core/api-settings.js';
import { parseJson } from '../core/parse-json.js';
import { SETTINGS } from '../core/tokens.js';
import { EgressGuard, type EgressResponse } from '../egress/egress-guard.js';
import { FeedContentError } from './errors.js';

/** Where a feed is, and what it takes to get it. */
export interface FeedAddress {
  url: string;
  taxii: boolean;
  /** Value of the header Authorization. */
  authorization: string | null;
  etag: string | null;
  lastModified: string | null;
}

export interface FeedContent {
  /** One text, or a page each of a TAXII collection. */
  texts: string[];
  etag: string | null;
  lastModified: string | null;
}

const MOST_REDIRECTS = 3;
const MOST_PAGES = 500;
const BODY_TIMEOUT_MS = 120_000;
const LONGEST_VALIDATOR = 500;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const TAXII_TYPE = 'application/taxii+json;version=2.1';

const pageSchema = z.object({ more: z.boolean().default(false), next: z.string().max(2000).optional() });

/** Gets what feeds answer, by the guard of outgoing requests (R41): each redirect is a request of its own, checked like the first. */
@Injectable()
export class FeedFetcher {
  constructor(
    private readonly guard: EgressGuard,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /** @throws EgressRefusedError */
  check(url: string): void {
    this.guard.checkUrl(url);
  }

  /**
   * The whole content; null when it is what it was.
   * @throws EgressRefusedError, EgressFailedError, FeedContentError
   */
  async fetch(address: FeedAddress): Promise<FeedContent | null> {
    if (address.taxii) return { texts: await this.pages(address), etag: null, lastModified: null };
    const headers: Record<string, string> = { accept: '*/*' };
    if (address.etag !== null) headers['if-none-match'] = address.etag;
    if (address.lastModified !== null) headers['if-modified-since'] = address.lastModified;
    const answer = await this.get(
      address.url,
      address.authorization,
      headers,
      this.settings.INTEL_FEED_MAX_BYTES,
    );
    if (answer.status === 304) return null;
    return {
      texts: [answer.body.toString('utf8')],
      etag: validator(answer.headers.etag),
      lastModified: validator(answer.headers['last-modified']),
    };
  }

  /** The first bytes, without what is cut in the middle of a line. */
  async beginning(url: string, bytes: number): Promise<string> {
    const { body } = await this.get(url, null, { accept: '*/*' }, bytes, true);
    const text = body.toString('utf8');
    return body.length < bytes ? text : text.slice(0, text.lastIndexOf('\n') + 1);
  }

  private async get(
    first: string,
    authorization: string | null,
    headers: Record<string, string>,
    maxBytes: number,
    truncate = false,
  ): Promise<EgressResponse> {
    let url = first;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      // Who is asked only because another said so gets no password.
      const own: Record<string, string> =
        authorization !== null && sameOrigin(url, first) ? { authorization } : {};
      const answer = await this.guard.request(url, {
        method: 'GET',
        headers: { ...headers, ...own, 'accept-encoding': 'identity', 'user-agent': 'Parapet' },
        maxBytes,
        truncate,
        bodyTimeoutMs: BODY_TIMEOUT_MS,
      });
      const { location } = answer.headers;
      if (REDIRECTS.has(answer.status) && location !== undefined && URL.canParse(location, url)) {
        url = new URL(location, url).href;
        continue;
      }
      if (answer.status === 304 || (answer.status === 200 && answer.body.length > 0)) return answer;
      if (answer.status === 200) throw new FeedContentError('The server answers nothing.');
      throw new FeedContentError(`The server answers with status ${answer.status}.`);
    }
    throw new FeedContentError(`The server redirects more than ${MOST_REDIRECTS} times.`);
  }

  /** TAXII 2.1, section 5.4: objects of a collection, page by page. */
  private async pages({ url, authorization }: FeedAddress): Promise<string[]> {
    const objects = new URL(url);
    if (!/\/objects\/?$/.test(objects.pathname))
      objects.pathname = `${objects.pathname.replace(/\/$/, '')}/objects/`;
    objects.searchParams.set('match[type]', 'indicator');
    const texts: string[] = [];
    let room = this.settings.INTEL_FEED_MAX_BYTES;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { body } = await this.get(objects.href, authorization, { accept: TAXII_TYPE }, room);
      room -= body.length;
      const text = body.toString('utf8');
      const read = pageSchema.safeParse(parseJson(text));
      if (!read.success) throw new FeedContentError('The server answers no TAXII 2.1.');
      texts.push(text);
      const { more, next } = read.data;
      if (!more || next === undefined || next === objects.searchParams.get('next')) return texts;
      objects.searchParams.set('next', next);
    }
    throw new FeedContentError(`The collection has more than ${MOST_PAGES} pages.`);
  }
}

const sameOrigin = (a: string, b: string) => new URL(a).origin === new URL(b).origin;

const validator = (text: string | undefined) =>
  text === undefined || text.length > LONGEST_VALIDATOR ? null : text;
