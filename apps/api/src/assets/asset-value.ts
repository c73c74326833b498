import { LONGEST_ASSET_VALUE, type AssetKind } from '@parapet/contracts';
import { normalizeCidr } from '../sources/cidr.js';

/** Letters, digits, dashes, dots and underscores. */
const HOST = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/;

/** The form that a value is stored and looked up in, or what is wrong with it. */
export function assetValue(kind: AssetKind, written: string): { value: string } | { why: string } {
  const text = written.trim();
  if (text === '' || text.length > LONGEST_ASSET_VALUE)
    return { why: `a value has 1 to ${LONGEST_ASSET_VALUE} characters` };
  if (kind === 'address') {
    const value = normalizeCidr(text);
    return value === undefined ? { why: 'no address or prefix such as 10.0.1.7 or 10.0.1.0/24' } : { value };
  }
  const value = text.toLowerCase().replace(/\.$/, '');
  if (kind === 'host' && (!HOST.test(value) || value.includes('..')))
    return { why: 'no host name such as web-1 or web-1.example.test' };
  return /\p{Cc}/u.test(value) ? { why: 'a user name has no control characters' } : { value };
}
