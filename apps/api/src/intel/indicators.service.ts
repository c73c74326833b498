import { Injectable } from '@nestjs/common';
import {
  MOST_INTEL_ALLOWED,
  type endpoints,
  type IntelAllowed,
  type ParsedOf,
  type ResponseOf,
} from '@parapet/contracts';
import { violatedUnique } from '@parapet/db';
import { candidatesOf, readIntelValue, type IntelValue } from '@parapet/enrich';
import { ConflictError, NotFoundError, ValidationError } from '@parapet/errors';
import { encodeCursor } from '@parapet/eventstore';
import { AuditService } from '../core/audit.service.js';
import { cursorParam } from '../http/cursor-param.js';
import type { Principal } from '../http/principal.js';
import { allowedCursorSchema, indicatorCursorSchema, IndicatorsRepository } from './indicators.repository.js';

/** What is listed, and what is never matched. */
@Injectable()
export class IndicatorsService {
  constructor(
    private readonly indicators: IndicatorsRepository,
    private readonly audit: AuditService,
  ) {}

  async list(
    { tenantId }: Principal,
    { limit, cursor, ...filter }: ParsedOf<typeof endpoints.listIntelIndicators>['query'],
  ): Promise<ResponseOf<typeof endpoints.listIntelIndicators>> {
    const after = cursorParam(cursor, indicatorCursorSchema);
    const found = await this.indicators.list(tenantId, filter, limit + 1, after);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor: found.length > limit && last ? encodeCursor([last.value, last.type, last.feedId]) : null,
    };
  }

  /** @throws ValidationError for what is no indicator, a private address for one */
  async lookup(
    { tenantId }: Principal,
    { value: text }: ParsedOf<typeof endpoints.lookupIntel>['body'],
  ): Promise<ResponseOf<typeof endpoints.lookupIntel>> {
    const value = valueOf(text);
    const candidates = candidatesOf(value);
    const [items, allowed] = await Promise.all([
      this.indicators.lookup(tenantId, candidates),
      this.indicators.isAllowed(tenantId, candidates),
    ]);
    const now = new Date().toISOString();
    return {
      ...value,
      allowed,
      items: items
        .filter(({ validUntil }) => validUntil === null || validUntil > now)
        .sort((a, b) => b.confidence - a.confidence),
    };
  }

  async listAllowed(
    { tenantId }: Principal,
    { limit, cursor }: ParsedOf<typeof endpoints.listIntelAllowed>['query'],
  ): Promise<ResponseOf<typeof endpoints.listIntelAllowed>> {
    const after = cursorParam(cursor, allowedCursorSchema);
    const found = await this.indicators.listAllowed(tenantId, limit + 1, after);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor: found.length > limit && last ? encodeCursor([Date.parse(last.createdAt), last.id]) : null,
    };
  }

  /** @throws ValidationError, ConflictError */
  async allow(
    caller: Principal,
    { value: text, note }: ParsedOf<typeof endpoints.createIntelAllowed>['body'],
  ): Promise<IntelAllowed> {
    const value = valueOf(text);
    try {
      return await this.indicators.within(caller.tenantId, async (tx) => {
        if ((await this.indicators.countAllowed(tx)) >= MOST_INTEL_ALLOWED)
          throw new ConflictError(`The allow-list has at most ${MOST_INTEL_ALLOWED} entries.`);
        const allowed = await this.indicators.allow(tx, caller.tenantId, value, note);
        const details = { ...value, note };
        await this.audit.record(tx, caller, { action: 'intel_allowed.created', target: allowed.id, details });
        return allowed;
      });
    } catch (error) {
      if (violatedUnique(error) === 'intel_allowed_value')
        throw new ConflictError(`${value.value} is on the allow-list already.`);
      throw error;
    }
  }

  /** @throws NotFoundError */
  async disallow(caller: Principal, id: string): Promise<void> {
    await this.indicators.within(caller.tenantId, async (tx) => {
      const gone = await this.indicators.disallow(tx, id);
      if (gone === undefined) throw new NotFoundError('entry of the allow-list');
      await this.audit.record(tx, caller, {
        action: 'intel_allowed.deleted',
        target: id,
        details: { ...gone },
      });
    });
  }
}

/** @throws ValidationError */
function valueOf(text: string): IntelValue {
  const value = readIntelValue(text);
  if ('why' in value) throw new ValidationError([{ path: 'body.value', message: value.why }]);
  return value;
}
