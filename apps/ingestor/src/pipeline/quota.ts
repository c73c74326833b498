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

/**
 * Token buckets by tenant. What is over quota goes to the slower lane (`overflow`), which uses only the capacity that
 * is left; when that lane is full, the tenant alone is held off until it is within its quota again.
 */
export class Quotas {
  private buckets = new Map<string, Bucket>();
  private overflowFull = false;

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

  /** Whether the slower lane takes no more. */
  setOverflowFull(full: boolean): void {
    this.overflowFull = full;
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

  /** Whether the tenant must wait: it is over its quota and the slower lane is full. */
  holdsOff(tenantId: string, now: number): boolean {
    if (!this.overflowFull) return false;
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
