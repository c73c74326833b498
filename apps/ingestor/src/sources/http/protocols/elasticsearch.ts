import { randomBytes } from 'node:crypto';
import { jsonAnswer, refusalHeaders, REFUSALS, type Answer, type Refusal } from '../answer.js';
import { MAX_RECORD_BYTES, recordOf, type Item } from '../item.js';
import {
  MAX_ITEMS,
  type HttpProtocol,
  type HttpRoute,
  type IngestRequest,
  type Outcome,
} from '../protocol.js';
import { HANDSHAKES, PRODUCT } from './elasticsearch-handshake.js';
import { lines } from './lines.js';

// The bulk API as its clients use it (Filebeat and the other Beats, Logstash, Fluent Bit, Vector, the official clients):
// elastic.co/docs, "Bulk API" of the Elasticsearch reference.

const ACTIONS = ['index', 'create', 'update', 'delete'] as const;
type Action = (typeof ACTIONS)[number];
const MAX_NAME = 512;
const MAX_ACTION_BYTES = 64 * 1024;

interface BulkItem {
  action: Action;
  index: string;
  id: string;
  item?: Item;
  /** Why it is not taken. */
  error?: { type: string; reason: string };
}

const es = (status: number, value: unknown, headers: Record<string, string> = {}): Answer =>
  jsonAnswer(status, value, { ...PRODUCT, ...headers });

function esError(status: number, type: string, reason: string, headers?: Record<string, string>): Answer {
  const cause = { type, reason };
  return es(status, { error: { root_cause: [cause], ...cause }, status }, headers);
}

const RUN = randomBytes(9).toString('base64url');
let made = 0;
/** An id as Elasticsearch would make one: unlike any other, of 20 characters. */
const newId = () => RUN + (made++).toString(36).padStart(8, '0');
const nameOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, MAX_NAME) : undefined;

/** `id`: undefined where the line names none. */
interface Head {
  action: Action;
  index: string;
  id: string | undefined;
}

function readAction(line: Buffer, index: string | undefined): Head | undefined {
  const record = line.length > MAX_ACTION_BYTES ? undefined : recordOf(line.toString());
  const action = ACTIONS.find((name) => record !== undefined && Object.hasOwn(record, name));
  if (record === undefined || action === undefined || Object.keys(record).length !== 1) return undefined;
  const details = recordOfValue(record[action]);
  if (details === undefined) return undefined;
  return { action, index: nameOf(details._index) ?? index ?? '', id: nameOf(details._id) };
}

function recordOfValue(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function documentItem(content: Buffer, index: string): Pick<BulkItem, 'item' | 'error'> {
  if (content.length > MAX_RECORD_BYTES)
    return { error: { type: 'document_parsing_exception', reason: 'the document is longer than 1 MiB' } };
  const original = content.toString();
  const record = recordOf(original);
  return record === undefined
    ? { error: { type: 'document_parsing_exception', reason: 'the document is no JSON object' } }
    : { item: { kind: 'record', content, record, original, meta: { index } } };
}

/** Pairs of lines: what to do, and with which document (none for `delete`). */
function readBulk(body: Buffer, index: string | undefined): BulkItem[] | Answer {
  const found: BulkItem[] = [];
  const rest = lines(body);
  let last: { line: Buffer; head: Head } | undefined;
  for (const line of rest) {
    // Shippers write the same line before every document.
    const head = last?.line.equals(line) ? last.head : readAction(line, index);
    if (head === undefined) {
      const reason = `Malformed action/metadata line of item [${found.length + 1}]`;
      return esError(400, 'illegal_argument_exception', reason);
    }
    last = { line, head };
    const named = { ...head, id: head.id ?? newId() };
    if (found.length === MAX_ITEMS) return esError(413, 'content_too_long_exception', 'too many items');
    const document = head.action === 'delete' ? undefined : rest.next().value;
    if (head.action === 'delete' || head.action === 'update') {
      const reason = 'what was logged is neither changed nor deleted; only index and create are taken';
      found.push({ ...named, error: { type: 'illegal_argument_exception', reason } });
    } else if (!document) {
      return esError(
        400,
        'illegal_argument_exception',
        `The document of item [${found.length + 1}] is missing`,
      );
    } else found.push({ ...named, ...documentItem(document, head.index) });
  }
  return found.length > 0 ? found : esError(400, 'parse_exception', 'request body is required');
}

function stored({ index, id }: BulkItem) {
  const shards = { total: 1, successful: 1, failed: 0 };
  return {
    _index: index,
    _id: id,
    _version: 1,
    result: 'created',
    _shards: shards,
    _seq_no: 0,
    _primary_term: 1,
  };
}

function bulk(request: IngestRequest): Outcome {
  const started = request.now;
  const found = readBulk(request.body, decoded(request.params[0]));
  if (!Array.isArray(found)) return { answer: () => found };
  return {
    items: found.flatMap(({ item }) => item ?? []),
    answer: () =>
      es(200, {
        took: Math.max(0, Date.now() - started),
        errors: found.some(({ error }) => error !== undefined),
        items: found.map((one) => ({
          [one.action]: one.error
            ? { _index: one.index, _id: one.id, status: 400, error: one.error }
            : { ...stored(one), status: 201 },
        })),
      }),
  };
}

/** One document, as the clients' `index` and `create` send it. */
function single({ body, params }: IngestRequest): Outcome {
  const index = decoded(params[0]) ?? '';
  const { item, error } = documentItem(body, index);
  if (item === undefined)
    return { answer: () => esError(400, error?.type ?? 'parse_exception', error?.reason ?? 'no document') };
  const one: BulkItem = { action: 'index', index, id: decoded(params[1]) ?? newId() };
  return { items: [item], answer: () => es(201, stored(one)) };
}

function decoded(name: string | undefined): string | undefined {
  if (name === undefined || name === '') return undefined;
  try {
    return nameOf(decodeURIComponent(name));
  } catch {
    return nameOf(name); // a stray percent sign
  }
}

const TYPES: Partial<Record<Refusal, string>> = {
  no_credentials: 'security_exception',
  bad_scheme: 'security_exception',
  bad_key: 'security_exception',
  not_found: 'resource_not_found_exception',
  busy: 'es_rejected_execution_exception',
  over_quota: 'es_rejected_execution_exception',
  unavailable: 'unavailable_shards_exception',
  too_large: 'content_too_long_exception',
};

function refuse(refusal: Refusal): Answer {
  const { status, title } = REFUSALS[refusal];
  const headers = refusalHeaders(refusal);
  return esError(status, TYPES[refusal] ?? 'illegal_argument_exception', title, headers);
}

const INDEX = '([^/_][^/]{0,255})';
const handshakes = HANDSHAKES.map(({ value, ...route }): HttpRoute => ({
  ...route,
  handle: (request) => ({ answer: () => es(200, value(request.params.map((name) => decoded(name) ?? ''))) }),
}));

/** Elasticsearch's bulk API and what its clients ask before they use it. */
export const elasticsearch: HttpProtocol = {
  name: 'elasticsearch',
  routes: [
    { methods: ['POST', 'PUT'], path: new RegExp(`^/(?:${INDEX}/)?(?:_doc/)?_bulk/?$`), handle: bulk },
    {
      methods: ['POST', 'PUT'],
      path: new RegExp(`^/${INDEX}/_(?:doc|create)(?:/([^/]{1,512}))?$`),
      handle: single,
    },
    ...handshakes,
  ],
  refuse,
};
