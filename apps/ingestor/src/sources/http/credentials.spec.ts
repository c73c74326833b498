import { hashApiKey } from '@parapet/auth';
import { readCredentials } from './credentials.js';

const KEY = `pk_${'aB3-_'.repeat(8)}xyz`;
const HASH = { hash: hashApiKey(KEY).toString('hex') };
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('API key of an Authorization header', () => {
  it.each([
    `Bearer ${KEY}`,
    `bearer   ${KEY}`,
    `Splunk ${KEY}`,
    `ApiKey ${KEY}`,
    `ApiKey ${base64(`any-id:${KEY}`)}`,
    `ApiKey ${base64(KEY)}`,
    `Basic ${base64(`elastic:${KEY}`)}`,
    `Basic ${base64(`a:b:${KEY}`)}`,
    `Basic ${base64(`:${KEY}`)}`,
  ])('%s', (header) => expect(readCredentials(header)).toEqual(HASH));

  it.each([
    [undefined, 'no_credentials'],
    ['', 'no_credentials'],
    ['  ', 'no_credentials'],
    ['Splunk', 'bad_scheme'],
    ['Splunk ', 'bad_scheme'],
    [KEY, 'bad_scheme'],
    [`Digest ${KEY}`, 'bad_scheme'],
    [`Bearer ${KEY} more`, 'bad_scheme'],
    [`Bearer ${'x'.repeat(2000)}`, 'bad_scheme'],
  ])('%p has none', (header, missing) => expect(readCredentials(header)).toEqual({ missing }));

  it('anything else is an unknown key', () => {
    for (const header of ['Bearer abc', 'Basic !!!!', `Basic ${base64('user:password')}`])
      expect(readCredentials(header)).toEqual({ hash: expect.not.stringContaining(HASH.hash) });
  });
});
