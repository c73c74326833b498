import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import {
  normalizeIp,
  type endpoints,
  type ParsedOf,
  type PlatformTenant,
  type ResponseOf,
} from '@parapet/contracts';
import { newId, TenantDatabase } from '@parapet/db';
import { NotFoundError } from '@parapet/errors';
import { AuditService } from '../core/audit.service.js';
import { SrePool } from '../core/tokens.js';
import type { Principal } from '../http/principal.js';
import { SourcesService } from '../sources/sources.service.js';

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

const TENANTS = `select id, slug, name, status from tenants where kind = 'customer' order by slug limit 5000`;
const SAMPLES = `select coalesce(sum(jsonb_array_length(samples)), 0)::int as samples from quarantine where address <<= $1::inet`;

const samplesSchema = z.array(z.string());

/** What operators see across tenants. Every read is in the audit log before it happens (R26). */
@Injectable()
export class PlatformService {
  constructor(
    private readonly pool: SrePool,
    private readonly database: TenantDatabase,
    private readonly audit: AuditService,
    private readonly sources: SourcesService,
  ) {}

  async tenants(caller: Principal): Promise<ResponseOf<typeof endpoints.listTenants>> {
    await this.read(caller, 'tenants', 'console: list of customers');
    const { rows } = await this.pool.query<PlatformTenant>(TENANTS);
    return { items: rows, nextCursor: null };
  }

  /**
   * The customer's audit log shows the new source with the operator's name; the platform's says why. What was kept of
   * the sender is replayed by the ingestor a few seconds later.
   * @throws NotFoundError, PrefixTakenError
   */
  async assignSender(
    caller: Principal,
    { tenantId, reason, ...source }: ParsedOf<typeof endpoints.assignSender>['body'],
  ): Promise<ResponseOf<typeof endpoints.assignSender>> {
    const { items } = await this.tenants(caller);
    if (!items.some(({ id }) => id === tenantId)) throw new NotFoundError('tenant');
    await this.database.withTenant(caller.tenantId, (tx) =>
      this.audit.record(tx, caller, {
        action: 'platform.sender_assigned',
        target: source.cidr,
        details: { tenantId, reason },
      }),
    );
    const { rows } = await this.pool.query<{ samples: number }>(SAMPLES, [source.cidr]);
    const operator = { ...caller, tenantId };
    const { token: _none, ...made } = await this.sources.create(
      operator,
      { ...source, identifiedBy: 'address', enabled: true },
      async (tx) => {
        await this.audit.record(tx, operator, {
          action: 'source.assigned_by_operator',
          target: source.cidr,
          details: { reason },
        });
        await tx.outboxMessage.createMany({
          data: [
            {
              tenantId,
              kind: 'quarantine.replay',
              payload: { kind: 'quarantine.replay', v: 1, tenantId, replayId: newId(), prefix: source.cidr },
            },
          ],
        });
      },
    );
    // The operator's choice is the approval that a prefix inside another customer's waits for.
    if (made.status === 'pending_approval') {
      await this.approve(made.id);
      made.status = 'active';
    }
    return { source: made, samples: rows[0]?.samples ?? 0 };
  }

  async quarantine(caller: Principal): Promise<ResponseOf<typeof endpoints.listQuarantine>> {
    await this.read(caller, 'quarantine', 'console: senders without a tenant');
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

  private async read(caller: Principal, target: string, reason: string): Promise<void> {
    await this.database.withTenant(caller.tenantId, (tx) =>
      this.audit.record(tx, caller, { action: 'platform.read', target, details: { reason } }),
    );
  }

  /** The one thing that the operator's role may write: its connections are read-only unless they say otherwise. */
  private async approve(sourceId: string): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('begin read write');
      await client.query('select sre_approve_source($1)', [sourceId]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }
}
