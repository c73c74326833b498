import type { IncomingHttpHeaders } from 'node:http';
import type { Answer, Refusal } from './answer.js';
import type { Item } from './item.js';

/** A request as its protocol sees it: read whole, unpacked, and by whom is settled. */
export interface IngestRequest {
  method: string;
  /** The groups of the route's path. */
  params: readonly string[];
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Hex SHA-256 of the API key; empty where none is needed. */
  keyHash: string;
  /** Epoch ms. */
  now: number;
}

/** What a request brings, and what is answered once Redis has it. */
export interface Outcome {
  /** Walked once, and lazily where the protocol allows it. */
  items?: Iterable<Item>;
  /** `taken`: how many items were handed on. Called after all of them were. */
  answer(taken: number): Answer;
}

export interface HttpRoute {
  /** HEAD is answered as GET without its body, and may stand alone. */
  methods: readonly ('GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT')[];
  /** Anchored, over the path without its query. */
  path: RegExp;
  /** Its path is so general that, with another method, there is nothing here. */
  general?: true;
  /** Left out: a key is needed. */
  open?: true;
  /** Reads the request; nothing is handed on before it returns. */
  handle(request: IngestRequest): Outcome;
}

/** One way to send over HTTP: a file below `protocols/` and a row in its list. */
export interface HttpProtocol {
  /** Label of the metrics. */
  name: string;
  routes: readonly HttpRoute[];
  /** A refusal in the words that the protocol's clients understand. `headers`: the request's. */
  refuse(refusal: Refusal, headers: IncomingHttpHeaders): Answer;
}

/** Most events that one request of a protocol may bring that must be read to its end before any is taken. */
export const MAX_ITEMS = 100_000;
