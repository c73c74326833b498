/** What is sent back for one request. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** Why a request is turned away before its protocol reads it. */
export const REFUSALS = {
  no_credentials: { status: 401, title: 'An API key is needed' },
  bad_scheme: { status: 401, title: 'The Authorization header holds no API key' },
  bad_key: { status: 403, title: 'This API key is unknown, expired, revoked, or not for ingest' },
  not_found: { status: 404, title: 'There is nothing here' },
  bad_method: { status: 405, title: 'Not with this method' },
  too_large: { status: 413, title: 'The request is too large' },
  bad_encoding: { status: 415, title: 'This content encoding is not known; gzip, deflate and br are' },
  broken_body: { status: 400, title: 'The body is not what its content encoding says' },
  over_quota: { status: 429, title: 'Over quota: come again later', retryAfter: 5 },
  busy: { status: 429, title: 'Too much at once: come again later', retryAfter: 2 },
  unavailable: { status: 503, title: 'Events can’t be taken at the moment: come again later', retryAfter: 5 },
  failed: { status: 500, title: 'Something went wrong here' },
} as const satisfies Record<string, { status: number; title: string; retryAfter?: number }>;
export type Refusal = keyof typeof REFUSALS;

/** Headers that go with a refusal in every protocol. */
export function refusalHeaders(refusal: Refusal): Record<string, string> {
  const row: { status: number; retryAfter?: number } = REFUSALS[refusal];
  const headers: Record<string, string> = {};
  if (row.retryAfter !== undefined) headers['retry-after'] = String(row.retryAfter);
  if (row.status === 401) headers['www-authenticate'] = 'Bearer realm="Parapet", Basic realm="Parapet"';
  return headers;
}

/** The refusal as an RFC 9457 problem document. */
export function problemAnswer(refusal: Refusal): Answer {
  const { status, title } = REFUSALS[refusal];
  const answer = jsonAnswer(
    status,
    { type: 'about:blank', title, status, code: refusal },
    refusalHeaders(refusal),
  );
  answer.headers['content-type'] = 'application/problem+json';
  return answer;
}
