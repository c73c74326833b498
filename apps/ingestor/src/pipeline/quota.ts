/** What a tenant may send: `eps` events a second on average, `burst` at once. */
export interface TenantQuota {
  tenantId: string;
  eps: number;
  burst: number;
}

interface Bucket {
  quota: TenantQuota;
  tokens: number;
  filledAt: number;
}

/** How the slower lane stands: `behind` holds more than it should take while its senders can wait, `full` takes no more. */
export type OverflowState = 'open' | 'behind' | 'full';

/**
 * Token buckets by tenant. What is over quota goes to the slower lane (`overflow`), which uses only the capacity that
 * is left. When that lane is behind, the tenants over quota that can wait are held off until they are within it again: read on,
 * they would cost the others the CPU that the lane may not have. When it is full, their datagrams are dropped.
 */
export class Quotas {
  private buckets = new Map<string, Bucket>();
  private overflow: OverflowState = 'open';

  /** Puts new quotas into use; tenants keep what they have used. */
  replace(quotas: readonly TenantQuota[], now: number): void {
    const buckets = new Map<string, Bucket>();
    for (const quota of quotas) {
      const before = this.buckets.get(quota.tenantId);
      const tokens = Math.min(before?.tokens ?? quota.burst, quota.burst);
      buckets.set(quota.tenantId, { quota, tokens, filledAt: before?.filledAt ?? now });
    }
    this.buckets = buckets;
  }

  setOverflow(state: OverflowState): void {
    this.overflow = state;
  }

  /** Counts one event, and says whether it is within the quota. A tenant without one is. `now`: epoch ms. */
  take(tenantId: string, now: number): boolean {
    const bucket = this.buckets.get(tenantId);
    if (bucket === undefined) return true;
    fill(bucket, now);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** Whether a sender of the tenant that can wait must: it is over its quota, and the slower lane is behind or full. */
  holdsOff(tenantId: string, now: number): boolean {
    return this.overflow !== 'open' && this.isOver(tenantId, now);
  }

  /** Whether what can't wait is dropped: the tenant is over its quota, and the slower lane is full. */
  drops(tenantId: string, now: number): boolean {
    return this.overflow === 'full' && this.isOver(tenantId, now);
  }

  private isOver(tenantId: string, now: number): boolean {
    const bucket = this.buckets.get(tenantId);
    if (bucket === undefined) return false;
    fill(bucket, now);
    return bucket.tokens < 1;
  }
}

function fill(bucket: Bucket, now: number): void {
  const elapsed = now - bucket.filledAt;
  if (elapsed <= 0) {
    if (elapsed < 0) bucket.filledAt = now; // the clock was set back
    return;
  }
  bucket.tokens = Math.min(bucket.quota.burst, bucket.tokens + (elapsed * bucket.quota.eps) / 1000);
  bucket.filledAt = now;
}
