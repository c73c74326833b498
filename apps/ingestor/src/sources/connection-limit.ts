import { parseIp } from '@parapet/contracts';

/** What counts as one source: an IPv4 address, or the /64 that one IPv6 subscriber has (RFC 6177). */
function sourceKey(address: string): string {
  const ip = parseIp(address);
  return ip?.version === 6 ? `${ip.w0}:${ip.w1}` : address;
}

/** R16: bounds open connections, in all and by source, so that one sender can't take every place. */
export class ConnectionLimit {
  private open = 0;
  private readonly bySource = new Map<string, number>();

  constructor(
    private readonly max: number,
    private readonly maxBySource: number,
  ) {}

  /** Takes a place, or says which limit forbids it. Without an address (a proxy's client, not yet known) only the sum counts. */
  enter(address: string | undefined): 'ok' | 'limit' | 'source_limit' {
    const key = address === undefined ? undefined : sourceKey(address);
    const here = (key === undefined ? undefined : this.bySource.get(key)) ?? 0;
    if (key !== undefined && here >= this.maxBySource) return 'source_limit';
    if (this.open >= this.max) return 'limit';
    this.open++;
    if (key !== undefined) this.bySource.set(key, here + 1);
    return 'ok';
  }

  /** Gives a place back; `address` as it was taken with. */
  leave(address: string | undefined): void {
    this.open--;
    if (address === undefined) return;
    const key = sourceKey(address);
    const here = this.bySource.get(key) ?? 0;
    if (here <= 1) this.bySource.delete(key);
    else this.bySource.set(key, here - 1);
  }
}
