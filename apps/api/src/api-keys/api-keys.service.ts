import { Inject, Injectable } from '@nestjs/common';
import { apiKeyPrefix, hashApiKey, newApiKey } from '@parapet/auth';
import {
  MAX_API_KEYS,
  type endpoints,
  type NewApiKey,
  type ParsedOf,
  type ResponseOf,
} from '@parapet/contracts';
import { ConflictError, NotFoundError, ValidationError } from '@parapet/errors';
import { encodeCursor } from '@parapet/eventstore';
import type { ApiSettings } from '../core/api-settings.js';
import { AuditService } from '../core/audit.service.js';
import { SETTINGS } from '../core/tokens.js';
import { cursorParam } from '../http/cursor-param.js';
import type { Principal } from '../http/principal.js';
import { apiKeyCursorSchema, ApiKeysRepository } from './api-keys.repository.js';

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly audit: AuditService,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
  ) {}

  async list(
    { tenantId }: Principal,
    { limit, cursor }: ParsedOf<typeof endpoints.listApiKeys>['query'],
  ): Promise<ResponseOf<typeof endpoints.listApiKeys>> {
    const found = await this.keys.list(tenantId, limit + 1, cursorParam(cursor, apiKeyCursorSchema));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const more = found.length > limit && last;
    return { items, nextCursor: more ? encodeCursor([Date.parse(last.createdAt), last.id]) : null };
  }

  /** The key itself is in this answer and nowhere else. @throws ValidationError, ConflictError */
  async create(caller: Principal, body: ParsedOf<typeof endpoints.createApiKey>['body']): Promise<NewApiKey> {
    const { name, scopes, sourceType, timeZone } = body;
    const expiresAt = body.expiresAt === null ? null : new Date(body.expiresAt);
    if (expiresAt !== null && expiresAt.getTime() <= Date.now())
      throw new ValidationError([{ path: 'body.expiresAt', message: 'is in the past' }]);
    const key = newApiKey();
    const prefix = apiKeyPrefix(key);
    const input = { name, scopes, sourceType, timeZone, expiresAt, prefix, hash: hashApiKey(key) };
    const id = await this.keys.within(caller.tenantId, async (tx) => {
      if ((await this.keys.countActive(tx)) >= MAX_API_KEYS)
        throw new ConflictError(`There are ${MAX_API_KEYS} API keys in force already. Revoke one first.`);
      const made = await this.keys.create(tx, caller.tenantId, { ...input, createdBy: caller.userId });
      await this.audit.record(tx, caller, {
        action: 'api_key.created',
        target: made,
        details: { name, prefix, scopes, sourceType, timeZone, expiresAt: body.expiresAt },
      });
      return made;
    });
    const made = await this.keys.find(caller.tenantId, id);
    if (!made) throw new NotFoundError('API key');
    const { INGEST_HTTP_PORT: port, INGEST_HTTP_TLS: tls } = this.settings;
    return { ...made, key, ingest: { port, tls } };
  }

  /** Doing it again changes nothing. @throws NotFoundError */
  async revoke(caller: Principal, id: string): Promise<void> {
    await this.keys.within(caller.tenantId, async (tx) => {
      const found = await this.keys.revoke(tx, id);
      if (!found) throw new NotFoundError('API key');
      const { name, prefix, revoked } = found;
      if (revoked)
        await this.audit.record(tx, caller, {
          action: 'api_key.revoked',
          target: id,
          details: { name, prefix },
        });
    });
  }
}
