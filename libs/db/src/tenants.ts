import type { DetectorKind, DetectorSettings } from '@parapet/contracts';
import type { TenantDatabase } from './tenant-database.js';
import type { TenantTx } from './tenant-client.js';
import { newId } from './uuid.js';

export interface NewTenant {
  id: string;
  slug: string;
  name: string;
  kind: 'customer' | 'platform';
  /** Rows of the tenant's detectors; none for the platform. */
  detectors: readonly (DetectorSettings & { kind: DetectorKind })[];
}

/**
 * Makes a tenant with its detectors, and in the same transaction whatever `more` adds. Returns false, and does
 * nothing, when the id or the slug is taken.
 */
export function createTenant(
  db: TenantDatabase,
  tenant: NewTenant,
  more: (tx: TenantTx) => Promise<void> = async () => {},
): Promise<boolean> {
  return db.withTenant(
    tenant.id,
    async (tx) => {
      const { id, slug, name, kind } = tenant;
      const made = await tx.tenant.createMany({ data: [{ id, slug, name, kind }], skipDuplicates: true });
      if (made.count === 0) return false;
      await tx.detector.createMany({
        data: tenant.detectors.map((detector) => ({
          ...detector,
          id: newId(),
          tenantId: id,
          exceptions: [...detector.exceptions],
        })),
      });
      await more(tx);
      return true;
    },
    { timeoutMs: 30_000 },
  );
}
