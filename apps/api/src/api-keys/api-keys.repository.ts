import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { apiKeyScopeSchema, type ApiKey, type ApiKeyScope } from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';
import { Statement } from '@parapet/eventstore';

/** Creation time (epoch ms) and id of a page's last key. */
export const apiKeyCursorSchema = z.tuple([z.int(), z.uuid()]);

export interface ApiKeyInput {
  name: string;
  prefix: string;
  hash: Buffer<ArrayBuffer>;
  scopes: ApiKeyScope[];
  sourceType: string;
  timeZone: string;
  expiresAt: Date | null;
  createdBy: string;
}

interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  source_type: string;
  time_zone: string;
  created_by: string | null;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

const KEYS = `
  select k.id, k.name, k.prefix, k.scopes, k.source_type, k.time_zone, u.email as created_by, k.created_at, k.expires_at,
    k.last_used_at, k.revoked_at
  from api_keys k left join users u on u.tenant_id = k.tenant_id and u.id = k.created_by`;

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: TenantDatabase) {}

  /** At most `limit` keys, the newest first. */
  async list(tenantId: string, limit: number, after?: readonly [number, string]): Promise<ApiKey[]> {
    const statement = new Statement();
    let where = `k.tenant_id = ${statement.add(tenantId)}`;
    if (after) {
      where += ` and (k.created_at, k.id) < (${statement.add(new Date(after[0]))}::timestamptz, ${statement.add(after[1])}::uuid)`;
    }
    const rows = await this.database.queryTenant<ApiKeyRow>(
      tenantId,
      `${KEYS} where ${where} order by k.created_at desc, k.id desc limit ${statement.add(limit)}`,
      statement.params,
    );
    return rows.map(apiKeyOfRow);
  }

  async find(tenantId: string, id: string): Promise<ApiKey | undefined> {
    const text = `${KEYS} where k.tenant_id = $1 and k.id = $2`;
    const [row] = await this.database.queryTenant<ApiKeyRow>(tenantId, text, [tenantId, id]);
    return row && apiKeyOfRow(row);
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  /** Keys in force. */
  countActive(tx: TenantTx): Promise<number> {
    return tx.apiKey.count({
      where: { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
    });
  }

  async create(tx: TenantTx, tenantId: string, input: ApiKeyInput): Promise<string> {
    const id = newId();
    await tx.apiKey.createMany({ data: [{ ...input, id, tenantId }] });
    return id;
  }

  /** The name and prefix of the key, if there is one; `revoked`: by this call, and not before. */
  async revoke(
    tx: TenantTx,
    id: string,
  ): Promise<{ name: string; prefix: string; revoked: boolean } | undefined> {
    const found = await tx.apiKey.findFirst({ where: { id }, select: { name: true, prefix: true } });
    if (!found) return undefined;
    const { count } = await tx.apiKey.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    return { ...found, revoked: count > 0 };
  }
}

function apiKeyOfRow(row: ApiKeyRow): ApiKey {
  const expired = row.expires_at !== null && row.expires_at.getTime() <= Date.now();
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: z.array(apiKeyScopeSchema).parse(row.scopes),
    sourceType: row.source_type,
    timeZone: row.time_zone,
    status: row.revoked_at !== null ? 'revoked' : expired ? 'expired' : 'active',
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}
