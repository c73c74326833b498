import { hashApiKey, isApiKey } from '@parapet/auth';

/** The header: what scheme it has, and the hash of the API key in it. */
export type Credentials = { hash: string } | { missing: 'no_credentials' | 'bad_scheme' };

const SCHEMES = /^(bearer|splunk|apikey|basic) +(\S{1,1024})$/i;

/**
 * The API key of an Authorization header, as its senders write it: `Bearer pk_…`, `Splunk pk_…`, `ApiKey pk_…` or base64 of
 * `id:pk_…` (Elasticsearch), `Basic` with the key as password (any user name).
 */
export function readCredentials(header: string | undefined): Credentials {
  if (header === undefined || header.trim() === '') return { missing: 'no_credentials' };
  const [, scheme = '', value = ''] = SCHEMES.exec(header.trim()) ?? [];
  if (value === '') return { missing: 'bad_scheme' };
  const key = isApiKey(value) && scheme.toLowerCase() !== 'basic' ? value : secretOf(value);
  // What has another form is hashed all the same: it is an unknown key, not a missing one.
  return { hash: hashApiKey(key ?? value).toString('hex') };
}

/** What stands behind the last colon of base64 of `name:secret`. */
function secretOf(base64: string): string | undefined {
  const text = Buffer.from(base64, 'base64').toString('latin1');
  const secret = text.slice(text.lastIndexOf(':') + 1).trim();
  return isApiKey(secret) ? secret : undefined;
}
