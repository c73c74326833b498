import { Injectable } from '@nestjs/common';
import { pushSubscriptionSchema, severityOfRank, SEVERITY_RANK, type Severity } from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';
import type { z } from 'zod';

export type PushSubscription = z.output<typeof pushSubscriptionSchema>;

export interface NewPushSubscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
  label: string;
  minSeverity: Severity;
}

/** A subscription with the secrets that a message is encrypted with; they never leave the server. */
export interface PushTargetRow {
  id: string;
  endpoint: string;
  p256dh: string;
  auth: string;
}

/** Push subscriptions of one user; everything here asks for the user beside the tenant. */
@Injectable()
export class PushSubscriptionsRepository {
  constructor(private readonly database: TenantDatabase) {}

  async list(tenantId: string, userId: string): Promise<PushSubscription[]> {
    const [rows] = await this.database.readTenant(tenantId, (db) => [
      db.pushSubscription.findMany({
        where: { tenantId, userId },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        omit: { p256dh: true, auth: true },
      }),
    ]);
    return rows.map(subscriptionOfRow);
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  /** How many others the user has, beside that of an endpoint. */
  countOthers(tx: TenantTx, userId: string, endpoint: string): Promise<number> {
    return tx.pushSubscription.count({ where: { userId, endpoint: { not: endpoint } } });
  }

  /**
   * Keeps a subscription; the same endpoint again replaces the one before. Another user's becomes a new one, with
   * another id, so that what was sent to the first one stays apart.
   */
  async keep(
    tx: TenantTx,
    tenantId: string,
    userId: string,
    { endpoint, keys, label, minSeverity }: NewPushSubscription,
  ): Promise<PushSubscription> {
    await tx.pushSubscription.deleteMany({ where: { endpoint, userId: { not: userId } } });
    const settings = { userId, ...keys, label, minSeverity: SEVERITY_RANK[minSeverity] };
    const row = await tx.pushSubscription.upsert({
      where: { tenantId_endpoint: { tenantId, endpoint } },
      create: { id: newId(), tenantId, endpoint, ...settings },
      update: settings,
    });
    return subscriptionOfRow(row);
  }

  async findTarget(tenantId: string, userId: string, id: string): Promise<PushTargetRow | undefined> {
    const [row] = await this.database.readTenant(tenantId, (db) => [
      db.pushSubscription.findFirst({
        where: { tenantId, userId, id },
        select: { id: true, endpoint: true, p256dh: true, auth: true },
      }),
    ]);
    return row ?? undefined;
  }

  /** The host of what was deleted. */
  async delete(tx: TenantTx, userId: string, id: string): Promise<string | undefined> {
    const found = await tx.pushSubscription.findFirst({ where: { id, userId }, select: { endpoint: true } });
    if (!found) return undefined;
    const { count } = await tx.pushSubscription.deleteMany({ where: { id, userId } });
    return count > 0 ? hostOf(found.endpoint) : undefined;
  }

  async sent(tenantId: string, id: string): Promise<void> {
    await this.database.withTenant(tenantId, (tx) =>
      tx.pushSubscription.updateMany({ where: { id }, data: { lastSentAt: new Date() } }),
    );
  }
}

interface SubscriptionRow {
  id: string;
  endpoint: string;
  label: string;
  minSeverity: number;
  createdAt: Date;
  lastSentAt: Date | null;
}

export const hostOf = (endpoint: string) => new URL(endpoint).host;

/** Whoever knows an endpoint can address the browser, so only its host is shown. */
function subscriptionOfRow(row: SubscriptionRow): PushSubscription {
  return {
    id: row.id,
    endpointHost: hostOf(row.endpoint),
    label: row.label,
    minSeverity: severityOfRank(row.minSeverity),
    createdAt: row.createdAt.toISOString(),
    lastSentAt: row.lastSentAt?.toISOString() ?? null,
  };
}
