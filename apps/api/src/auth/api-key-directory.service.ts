import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { hashApiKey } from '@parapet/auth';
import { apiKeyScopeSchema, type ApiKeyScope } from '@parapet/contracts';
import { TenantDatabase } from '@parapet/db';
import { UnauthenticatedError } from '@parapet/errors';
import { AppPool } from '../core/tokens.js';
import type { Principal } from '../http/principal.js';

/** How long an answer about a key may be reused: R34 allows 5 s from a change to its effect. */
const FRESH_MS = 2000;
/** Cached keys at most, against a flood of made-up ones. */
const LIMIT = 10_000;

const rowSchema = z.object({
  key_id: z.string(),
  tenant_id: z.string(),
  name: z.string(),
  scopes: z.array(apiKeyScopeSchema),
  expires_at: z.date().nullable(),
  revoked_at: z.date().nullable(),
  tenant_status: z.string(),
});
type Row = z.infer<typeof rowSchema>;

/** Whom an API key stands for, and what it may do. */
export type KeyHolder = Omit<Principal, 'ip'> & { scopes: ApiKeyScope[] };

/** Which key is whose. Asks PostgreSQL, for each key at most every 2 s. */
@Injectable()
export class ApiKeyDirectory {
  private readonly answers = new Map<string, { until: number; row: Promise<Row | undefined> }>();

  constructor(
    private readonly pool: AppPool,
    private readonly database: TenantDatabase,
  ) {}

  /** @throws UnauthenticatedError for a key that is unknown, expired, revoked, or of a tenant that is not active. */
  async holderOf(key: string): Promise<KeyHolder> {
    const row = await this.cached(hashApiKey(key));
    if (!row || row.tenant_status !== 'active') throw new UnauthenticatedError('The API key is not valid.');
    if (row.revoked_at !== null) throw new UnauthenticatedError('The API key was revoked.');
    if (row.expires_at !== null && row.expires_at.getTime() <= Date.now())
      throw new UnauthenticatedError('The API key has expired.');
    return {
      userId: row.key_id,
      tenantId: row.tenant_id,
      sessionId: row.key_id,
      role: 'viewer',
      email: `API key ${row.name}`,
      name: row.name,
      scopes: row.scopes,
    };
  }

  private cached(hash: Buffer): Promise<Row | undefined> {
    const id = hash.toString('base64');
    const now = Date.now();
    const known = this.answers.get(id);
    if (known && known.until > now) return known.row;
    const row = this.load(hash);
    // A failure is nobody's answer: the next request asks again.
    row.catch(() => this.answers.delete(id));
    this.answers.delete(id);
    if (this.answers.size >= LIMIT) {
      const [oldest] = this.answers.keys();
      if (oldest !== undefined) this.answers.delete(oldest);
    }
    this.answers.set(id, { until: now + FRESH_MS, row });
    return row;
  }

  private async load(hash: Buffer): Promise<Row | undefined> {
    const { rows } = await this.pool.query('select * from auth_find_api_key($1)', [hash]);
    const [row] = z.array(rowSchema).parse(rows);
    if (row && row.revoked_at === null)
      await this.database.queryTenant(
        row.tenant_id,
        `update api_keys set last_used_at = now()
         where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
        [row.key_id],
      );
    return row;
  }
}
