import { formatIp, parseIp } from '@parapet/contracts';
import { hostOfUrl, maskIp, type IntelValue } from './value.js';

const SHORTEST = { 4: 8, 6: 20 } as const;
const MOST_DIRECTORIES = 16;

/**
 * The values that, when listed, an event with this value would meet (`IndicatorTable` finds the same): the prefixes that hold an address,
 * the names above a name, the directories of a URL and what its host meets.
 */
export function candidatesOf({ type, value }: IntelValue): IntelValue[] {
  if (type === 'address') return addressCandidates(value);
  if (type === 'domain') return nameCandidates(value);
  if (type === 'file_hash') return [{ type, value }];
  return [...urlCandidates(value), ...hostCandidates(hostOfUrl(value))];
}

const hostCandidates = (host: string) => (parseIp(host) ? addressCandidates(host) : nameCandidates(host));

function addressCandidates(value: string): IntelValue[] {
  const [address = '', length] = value.split('/');
  const ip = parseIp(address);
  if (ip === undefined) return [];
  const bits = ip.version === 4 ? 32 : 128;
  const found: IntelValue[] = [];
  for (let at = length === undefined ? bits : Number(length); at >= SHORTEST[ip.version]; at--) {
    const network = formatIp(maskIp(ip, at));
    found.push({ type: 'address', value: at === bits ? network : `${network}/${at}` });
  }
  return found;
}

function nameCandidates(name: string): IntelValue[] {
  const labels = name.split('.');
  return labels.slice(0, -1).map((_, index) => ({ type: 'domain', value: labels.slice(index).join('.') }));
}

function urlCandidates(url: string): IntelValue[] {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  const values = new Set([url, path]);
  let slash = path.indexOf('/', path.indexOf('/') + 1);
  for (let depth = 1; slash !== -1 && depth < MOST_DIRECTORIES; depth++) {
    values.add(path.slice(0, slash + 1));
    slash = path.indexOf('/', slash + 1);
  }
  return [...values].map((value) => ({ type: 'url', value }));
}
