import { Injectable } from '@nestjs/common';
import {
  channelSchema,
  severityOfRank,
  SEVERITY_RANK,
  type NotificationChannel,
  type Severity,
} from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';

/** What a person decides about a channel; the rest is its history. */
export interface ChannelSettings {
  type: NotificationChannel['type'];
  name: string;
  recipients: string[];
  /** Of a webhook. */
  url?: string;
  minSeverity: Severity;
  enabled: boolean;
}

/** Bytes of a webhook's sealed key, for the channel's id, which is part of the seal. */
export type SealedFor = (channelId: string) => Buffer<ArrayBuffer>;

@Injectable()
export class ChannelsRepository {
  constructor(private readonly database: TenantDatabase) {}

  async list(tenantId: string): Promise<NotificationChannel[]> {
    const [rows] = await this.database.readTenant(tenantId, (db) => [
      db.notificationChannel.findMany({
        where: { tenantId },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        omit: { secret: true },
      }),
    ]);
    return rows.map(channelOfRow);
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  async find(tx: TenantTx, id: string): Promise<NotificationChannel | undefined> {
    const row = await tx.notificationChannel.findFirst({ where: { id }, omit: { secret: true } });
    return row ? channelOfRow(row) : undefined;
  }

  count(tx: TenantTx): Promise<number> {
    return tx.notificationChannel.count();
  }

  async create(
    tx: TenantTx,
    tenantId: string,
    settings: ChannelSettings,
    sealedFor: SealedFor | undefined,
  ): Promise<string> {
    const id = newId();
    const { minSeverity, ...others } = settings;
    await tx.notificationChannel.createMany({
      data: [
        { ...others, id, tenantId, minSeverity: SEVERITY_RANK[minSeverity], secret: sealedFor?.(id) ?? null },
      ],
    });
    return id;
  }

  async renewSecret(tx: TenantTx, id: string, secret: Buffer<ArrayBuffer>): Promise<void> {
    await tx.notificationChannel.updateMany({
      where: { id },
      data: { secret, lastError: null, updatedAt: new Date() },
    });
  }

  /** A webhook, on or off, with its sealed key. */
  async findWebhook(tenantId: string, id: string): Promise<{ url: string; secret: Uint8Array } | undefined> {
    const [row] = await this.database.readTenant(tenantId, (db) => [
      db.notificationChannel.findFirst({ where: { tenantId, id, type: 'webhook' } }),
    ]);
    return row?.url && row.secret ? { url: row.url, secret: row.secret } : undefined;
  }

  /** What came of a test message: sent, or why not. */
  async tested(tenantId: string, id: string, problem: string | null): Promise<void> {
    const data = problem === null ? { lastError: null, lastSentAt: new Date() } : { lastError: problem };
    await this.database.withTenant(tenantId, (tx) =>
      tx.notificationChannel.updateMany({ where: { id }, data }),
    );
  }

  /** Whether there was such a channel. Its last error was about the settings before, so it is forgotten. */
  async change(
    tx: TenantTx,
    id: string,
    { minSeverity, ...others }: Partial<Omit<ChannelSettings, 'type'>>,
  ): Promise<boolean> {
    const { count } = await tx.notificationChannel.updateMany({
      where: { id },
      data: {
        ...others,
        ...(minSeverity === undefined ? {} : { minSeverity: SEVERITY_RANK[minSeverity] }),
        lastError: null,
        updatedAt: new Date(),
      },
    });
    return count > 0;
  }

  async delete(tx: TenantTx, id: string): Promise<boolean> {
    const { count } = await tx.notificationChannel.deleteMany({ where: { id } });
    return count > 0;
  }
}

interface ChannelRow {
  id: string;
  type: string;
  name: string;
  recipients: string[];
  url: string | null;
  minSeverity: number;
  enabled: boolean;
  lastError: string | null;
  lastSentAt: Date | null;
  createdAt: Date;
}

function channelOfRow(row: ChannelRow): NotificationChannel {
  return {
    id: row.id,
    type: channelSchema.shape.type.parse(row.type),
    name: row.name,
    recipients: row.recipients,
    url: row.url,
    minSeverity: severityOfRank(row.minSeverity),
    enabled: row.enabled,
    lastError: row.lastError,
    lastSentAt: row.lastSentAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
