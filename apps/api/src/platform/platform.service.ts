import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { normalizeIp, type endpoints, type ResponseOf } from '@parapet/contracts';
import { TenantDatabase } from '@parapet/db';
import { AuditService } from '../core/audit.service.js';
import { SrePool } from '../core/tokens.js';
import type { Principal } from '../http/principal.js';

interface QuarantineRow {
  address: string;
  transport: string;
  events: string;
  samples: unknown;
  first_seen: Date;
  last_seen: Date;
}

const QUARANTINE = `select address, transport, events, samples, first_seen, last_seen from quarantine
  order by last_seen desc, address, transport limit 500`;

const samplesSchema = z.array(z.string());

/** What operators see across tenants. Every read is in the audit log before it happens (R26). */
@Injectable()
export class PlatformService {
  constructor(
    private readonly pool: SrePool,
    private readonly database: TenantDatabase,
    private readonly audit: AuditService,
  ) {}

  async quarantine(caller: Principal): Promise<ResponseOf<typeof endpoints.listQuarantine>> {
    await this.database.withTenant(caller.tenantId, (tx) =>
      this.audit.record(tx, caller, {
        action: 'platform.read',
        target: 'quarantine',
        details: { reason: 'console: senders without a tenant' },
      }),
    );
    const { rows } = await this.pool.query<QuarantineRow>(QUARANTINE);
    return {
      items: rows.map((row) => ({
        address: normalizeIp(row.address) ?? row.address,
        transport: row.transport,
        events: Number(row.events),
        firstSeen: row.first_seen.toISOString(),
        lastSeen: row.last_seen.toISOString(),
        samples: samplesSchema.parse(row.samples),
      })),
      nextCursor: null,
    };
  }
}
