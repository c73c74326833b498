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

  /** Takes a place, or says which limit forbids it. */
  enter(address: string): 'ok' | 'limit' | 'source_limit' {
    const key = sourceKey(address);
    const here = this.bySource.get(key) ?? 0;
    if (here >= this.maxBySource) return 'source_limit';
    if (this.open >= this.max) return 'limit';
    this.open++;
    this.bySource.set(key, here + 1);
    return 'ok';
  }

  leave(address: string): void {
    const key = sourceKey(address);
    const here = this.bySource.get(key) ?? 0;
    if (here <= 1) this.bySource.delete(key);
    else this.bySource.set(key, here - 1);
    this.open--;
  }
}
