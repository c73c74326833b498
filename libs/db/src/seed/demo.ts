import { z } from 'zod';
import {
  detectorKindSchema,
  detectorSettingsSchema,
  roleSchema,
  SEVERITY_RANK,
  severitySchema,
} from '@parapet/contracts';
import type { TenantDatabase } from '../tenant-database.js';
import type { TenantTx } from '../tenant-client.js';
import { createTenant } from '../tenants.js';
import { stableId } from '../uuid.js';

const detectors = z.array(detectorSettingsSchema.extend({ kind: detectorKindSchema }).strict());
const tenantSeedSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    kind: z.enum(['customer', 'platform']).default('customer'),
    sources: z
      .array(z.object({ name: z.string(), cidr: z.string(), type: z.string().default('auto') }).strict())
      .default([]),
    users: z.array(z.object({ email: z.email(), name: z.string(), role: roleSchema }).strict()),
    channels: z
      .array(
        z.object({ name: z.string(), recipients: z.array(z.email()), minSeverity: severitySchema }).strict(),
      )
      .default([]),
  })
  .strict();

/** Form of seeds/demo.json. */
export const demoSeedSchema = z
  .object({
    password: z.string().min(12),
    /** Every customer's detectors. */
    detectors,
    tenants: z.array(tenantSeedSchema),
  })
  .strict();
export type DemoSeed = z.infer<typeof demoSeedSchema>;
type TenantSeed = z.infer<typeof tenantSeedSchema>;

/** Ids of what the seed makes, the same on every machine, so that documents and tests can name them. */
export const demoTenantId = (slug: string) => stableId(`tenant:${slug}`);
export const demoUserId = (email: string) => stableId(`user:${email}`);
export const demoSourceId = (cidr: string) => stableId(`source:${cidr}`);

/**
 * Makes the demo tenants that don't exist yet, each whole or not at all. A tenant that exists is left as its users
 * changed it. Returns the slugs that were made.
 */
export async function seedDemo(
  db: TenantDatabase,
  seed: DemoSeed,
  hashPassword: (plain: string) => Promise<string>,
): Promise<string[]> {
  const made: string[] = [];
  for (const tenant of seed.tenants) {
    const id = demoTenantId(tenant.slug);
    const isNew = await createTenant(
      db,
      {
        id,
        slug: tenant.slug,
        name: tenant.name,
        kind: tenant.kind,
        detectors: tenant.kind === 'customer' ? seed.detectors : [],
      },
      (tx) => fillTenant(tx, id, tenant, () => hashPassword(seed.password)),
    );
    if (isNew) made.push(tenant.slug);
  }
  return made;
}

async function fillTenant(
  tx: TenantTx,
  tenantId: string,
  tenant: TenantSeed,
  hash: () => Promise<string>,
): Promise<void> {
  await tx.user.createMany({
    data: await Promise.all(
      tenant.users.map(async (user) => ({
        ...user,
        id: demoUserId(user.email),
        tenantId,
        passwordHash: await hash(),
      })),
    ),
  });
  await tx.source.createMany({
    data: tenant.sources.map((source) => ({ ...source, id: demoSourceId(source.cidr), tenantId })),
  });
  await tx.notificationChannel.createMany({
    data: tenant.channels.map((channel) => ({
      id: stableId(`channel:${tenant.slug}:${channel.name}`),
      tenantId,
      type: 'email',
      name: channel.name,
      recipients: channel.recipients,
      minSeverity: SEVERITY_RANK[channel.minSeverity],
    })),
  });
}
