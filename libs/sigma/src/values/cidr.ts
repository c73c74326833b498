import { parseIp } from '@parapet/contracts';
import type { ParsedIp } from '@parapet/contracts';
import { RuleError } from '../problem.js';

/** A network as four masked 32-bit words; IPv4 uses the first only. */
export interface Cidr {
  readonly version: 4 | 6;
  readonly words: readonly [number, number, number, number];
  readonly masks: readonly [number, number, number, number];
}

const maskOf = (bits: number): number =>
  bits <= 0 ? 0 : bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;

/** `10.0.0.0/8`, `fe80::/10`, or a single address. Throws a RuleError when it is neither. */
export function parseCidr(text: string): Cidr {
  const [address = '', prefix, ...rest] = text.trim().split('/');
  const parsed = parseIp(address);
  if (parsed === undefined || rest.length > 0)
    throw new RuleError(`“${text}” is no network such as 10.0.0.0/8 or fe80::/10`);
  const longest = parsed.version === 4 ? 32 : 128;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix))
    throw new RuleError(`“${text}” has no valid prefix length`);
  // ::ffff:a.b.c.d/n is read as IPv4; its prefix counts from the IPv6 form.
  const mapped = parsed.version === 4 && address.includes(':');
  const bits = prefix === undefined ? longest : Number(prefix) - (mapped ? 96 : 0);
  if (bits < 0 || bits > longest)
    throw new RuleError(`the prefix length of “${text}” is not within 0–${longest}`);
  const masks = [maskOf(bits), maskOf(bits - 32), maskOf(bits - 64), maskOf(bits - 96)] as const;
  return {
    version: parsed.version,
    masks,
    words: [
      (parsed.w0 & masks[0]) >>> 0,
      (parsed.w1 & masks[1]) >>> 0,
      (parsed.w2 & masks[2]) >>> 0,
      (parsed.w3 & masks[3]) >>> 0,
    ],
  };
}

/** Whether a text is an address of the network; a text that is no address is not. */
export function inCidr(text: string, { version, words, masks }: Cidr): boolean {
  const ip: ParsedIp | undefined = parseIp(text);
  if (ip === undefined || ip.version !== version) return false;
  if ((ip.w0 & masks[0]) >>> 0 !== words[0]) return false;
  if (version === 4) return true;
  return (
    (ip.w1 & masks[1]) >>> 0 === words[1] &&
    (ip.w2 & masks[2]) >>> 0 === words[2] &&
    (ip.w3 & masks[3]) >>> 0 === words[3]
  );
}
