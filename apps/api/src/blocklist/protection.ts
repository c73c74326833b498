import { RESERVED_PREFIXES } from '@parapet/enrich';
import { PrefixSet } from './prefix-set.js';

const RESERVED = new PrefixSet(RESERVED_PREFIXES);
/** The widest that may be blocked: a slip of the keyboard must not cut a site off. */
const WIDEST = { v4: 8, v6: 16 };

/** What a tenant's block list never holds: its own sources and its allow-list. */
export class Protection {
  private readonly own: PrefixSet;
  private readonly allowed: PrefixSet;

  constructor({ own, allowed }: { own: Iterable<string>; allowed: Iterable<string> }) {
    this.own = new PrefixSet(own);
    this.allowed = new PrefixSet(allowed);
  }

  /** Whether an entry made earlier must be left out of the list now. */
  withholds(prefix: string): boolean {
    return this.allowed.overlapping(prefix) !== undefined || this.own.overlapping(prefix) !== undefined;
  }

  /** Why a prefix, in network form, may not be blocked; undefined when it may. */
  refusal(prefix: string, allowPrivate: boolean): string | undefined {
    const widest = prefix.includes(':') ? WIDEST.v6 : WIDEST.v4;
    if (Number(prefix.split('/')[1]) < widest) return `is wider than /${widest}`;
    const allowed = this.allowed.overlapping(prefix);
    if (allowed !== undefined) return `overlaps ${allowed}, which is on the allow-list`;
    const own = this.own.overlapping(prefix);
    if (own !== undefined) return `overlaps ${own}, which is one of your sources`;
    const reserved = allowPrivate ? undefined : RESERVED.overlapping(prefix);
    if (reserved !== undefined) return `overlaps ${reserved}, which is private or reserved`;
    return undefined;
  }
}
