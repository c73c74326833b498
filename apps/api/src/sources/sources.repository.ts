import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { normalizeIp, sourceSchema, type Source } from '@parapet/contracts';
import { newId, TenantDatabase, type TenantTx } from '@parapet/db';
import { Statement } from '@parapet/eventstore';

interface SourceRow {
  id: string;
  name: string;
  identified_by: string;
  cidr: string | null;
  certificate_sha256: string | null;
  token_prefix: string | null;
  type: string;
  time_zone: string;
  enabled: boolean;
  status: string;
  created_at: Date;
  last_event_at: Date | null;
  events: string;
}

// Hours are of receipt; 24 full hours and the one that runs. The last event is looked for among all hours.
const SOURCES = `
  select s.id, s.name, s.identified_by, s.cidr::text as cidr, encode(s.certificate_sha256, 'hex') as certificate_sha256,
    s.token_prefix, s.type, s.time_zone, s.enabled, s.status, s.created_at,
    (select max(a.last_event_at) from source_activity a where a.tenant_id = s.tenant_id and a.source_id = s.id) as last_event_at,
    (select coalesce(sum(a.events), 0) from source_activity a where a.tenant_id = s.tenant_id and a.source_id = s.id
       and a.hour > now() - interval '24 hours') as events
  from sources s`;

/** Creation time (epoch ms) and id of a page's last source. */
export const sourceCursorSchema = z.tuple([z.int(), z.uuid()]);

/** Columns of a source; hashes as bytes. */
export interface SourceChange {
  name?: string;
  cidr?: string;
  certificateSha256?: Buffer<ArrayBuffer>;
  tokenHash?: Buffer<ArrayBuffer>;
  tokenPrefix?: string;
  type?: string;
  timeZone?: string;
  enabled?: boolean;
}
export type NewSource = SourceChange & Required<Pick<Source, 'name' | 'identifiedBy' | 'type'>>;

@Injectable()
export class SourcesRepository {
  constructor(private readonly database: TenantDatabase) {}

  /** At most `limit` sources, in the order of their making. */
  async list(tenantId: string, limit: number, after?: readonly [number, string]): Promise<Source[]> {
    const statement = new Statement();
    let where = `s.tenant_id = ${statement.add(tenantId)}`;
    if (after) {
      where += ` and (s.created_at, s.id) > (${statement.add(new Date(after[0]))}::timestamptz, ${statement.add(after[1])}::uuid)`;
    }
    const rows = await this.database.queryTenant<SourceRow>(
      tenantId,
      `${SOURCES} where ${where} order by s.created_at, s.id limit ${statement.add(limit)}`,
      statement.params,
    );
    return rows.map(sourceOfRow);
  }

  async find(tenantId: string, id: string): Promise<Source | undefined> {
    const text = `${SOURCES} where s.tenant_id = $1 and s.id = $2`;
    const [row] = await this.database.queryTenant<SourceRow>(tenantId, text, [tenantId, id]);
    return row && sourceOfRow(row);
  }

  within<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.database.withTenant(tenantId, work);
  }

  async create(tx: TenantTx, tenantId: string, source: NewSource): Promise<string> {
    const id = newId();
    await tx.source.createMany({ data: [{ ...source, id, tenantId }] });
    return id;
  }

  /** Whether there was such a source. */
  async change(tx: TenantTx, id: string, change: SourceChange): Promise<boolean> {
    const { count } = await tx.source.updateMany({
      where: { id },
      data: { ...change, updatedAt: new Date() },
    });
    return count > 0;
  }

  /** The name of what was deleted, and what it was known by. */
  async delete(
    tx: TenantTx,
    id: string,
  ): Promise<{ name: string; identifiedBy: string; cidr: string | null } | undefined> {
    const select = { name: true, identifiedBy: true, cidr: true };
    const found = await tx.source.findFirst({ where: { id }, select });
    if (!found) return undefined;
    const { count } = await tx.source.deleteMany({ where: { id } });
    return count > 0 ? found : undefined;
  }
}

function sourceOfRow(row: SourceRow): Source {
  return {
    id: row.id,
    name: row.name,
    identifiedBy: sourceSchema.shape.identifiedBy.parse(row.identified_by),
    cidr: row.cidr === null ? null : prefixOf(row.cidr),
    certificateSha256: row.certificate_sha256,
    tokenPrefix: row.token_prefix,
    type: row.type,
    timeZone: row.time_zone,
    enabled: row.enabled,
    status: sourceSchema.shape.status.parse(row.status),
    lastEventAt: row.last_event_at?.toISOString() ?? null,
    eventsLast24h: Number(row.events),
    createdAt: row.created_at.toISOString(),
  };
}

/** PostgreSQL leaves out the length of a single address. */
function prefixOf(inet: string): string {
  const [address = '', length] = inet.split('/');
  const spelled = normalizeIp(address) ?? address;
  return `${spelled}/${length ?? (spelled.includes(':') ? 128 : 32)}`;
}
