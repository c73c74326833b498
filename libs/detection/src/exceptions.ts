import { parseIp } from '@parapet/contracts';
import type { DetectorSettings, ParsedIp } from '@parapet/contracts';

interface Range {
  network: ParsedIp;
  bits: number;
}

const parsed = new WeakMap<DetectorSettings, readonly Range[]>();

/** Whether the settings except this address. The list is parsed once for each settings object. */
export function isExcepted(settings: DetectorSettings, address: string | undefined): boolean {
  if (settings.exceptions.length === 0 || address === undefined) return false;
  const candidate = parseIp(address);
  if (candidate === undefined) return false;
  let ranges = parsed.get(settings);
  if (ranges === undefined) parsed.set(settings, (ranges = settings.exceptions.flatMap(parseRange)));
  return ranges.some((range) => contains(range, candidate));
}

function contains({ network, bits }: Range, candidate: ParsedIp): boolean {
  if (network.version !== candidate.version) return false;
  return (
    sameBits(network.w0, candidate.w0, bits) &&
    sameBits(network.w1, candidate.w1, bits - 32) &&
    sameBits(network.w2, candidate.w2, bits - 64) &&
    sameBits(network.w3, candidate.w3, bits - 96)
  );
}

/** Whether the first `bits` (any number; at most 32 count) of two words are the same. */
function sameBits(a: number, b: number, bits: number): boolean {
  if (bits <= 0) return true;
  return bits >= 32 ? a === b : (a ^ b) >>> (32 - bits) === 0;
}

/** An address or a prefix, as the settings' schema has checked. IPv4-mapped IPv6 is read as IPv4, its length too. */
function parseRange(text: string): Range[] {
  const [base = '', length] = text.split('/');
  const network = parseIp(base);
  if (network === undefined) return [];
  const most = network.version === 4 ? 32 : 128;
  if (length === undefined) return [{ network, bits: most }];
  const mapped = network.version === 4 && base.includes(':');
  return [{ network, bits: mapped ? Math.max(0, Number(length) - 96) : Number(length) }];
}
