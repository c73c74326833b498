import { Injectable } from '@nestjs/common';
import type { endpoints, ParsedOf, ResponseOf, Source } from '@parapet/contracts';
import { violatedUnique } from '@parapet/db';
import { NotFoundError, PrefixTakenError, ValidationError } from '@parapet/errors';
import { encodeCursor } from '@parapet/eventstore';
import { AuditService } from '../core/audit.service.js';
import { cursorParam } from '../http/cursor-param.js';
import type { Principal } from '../http/principal.js';
import { normalizeCidr } from './cidr.js';
import { sourceCursorSchema, SourcesRepository } from './sources.repository.js';

@Injectable()
export class SourcesService {
  constructor(
    private readonly sources: SourcesRepository,
    private readonly audit: AuditService,
  ) {}

  async list(
    { tenantId }: Principal,
    { limit, cursor }: ParsedOf<typeof endpoints.listSources>['query'],
  ): Promise<ResponseOf<typeof endpoints.listSources>> {
    const found = await this.sources.list(tenantId, limit + 1, cursorParam(cursor, sourceCursorSchema));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const more = found.length > limit && last;
    return { items, nextCursor: more ? encodeCursor([Date.parse(last.createdAt), last.id]) : null };
  }

  /** @throws NotFoundError */
  async get({ tenantId }: Principal, id: string): Promise<Source> {
    const source = await this.sources.find(tenantId, id);
    if (!source) throw new NotFoundError('source');
    return source;
  }

  /** @throws PrefixTakenError */
  async create(caller: Principal, body: ParsedOf<typeof endpoints.createSource>['body']): Promise<Source> {
    const source = { ...body, cidr: networkOf(body.cidr) };
    const id = await this.claiming(source.cidr, () =>
      this.sources.within(caller.tenantId, async (tx) => {
        const made = await this.sources.create(tx, caller.tenantId, source);
        await this.audit.record(tx, caller, { action: 'source.created', target: made, details: source });
        return made;
      }),
    );
    return this.get(caller, id);
  }

  /** @throws NotFoundError, PrefixTakenError */
  async update(
    caller: Principal,
    id: string,
    body: ParsedOf<typeof endpoints.updateSource>['body'],
  ): Promise<Source> {
    const change = body.cidr === undefined ? body : { ...body, cidr: networkOf(body.cidr) };
    await this.claiming(change.cidr, () =>
      this.sources.within(caller.tenantId, async (tx) => {
        if (!(await this.sources.change(tx, id, change))) throw new NotFoundError('source');
        await this.audit.record(tx, caller, { action: 'source.updated', target: id, details: change });
      }),
    );
    return this.get(caller, id);
  }

  /** @throws NotFoundError */
  async delete(caller: Principal, id: string): Promise<void> {
    await this.sources.within(caller.tenantId, async (tx) => {
      const gone = await this.sources.delete(tx, id);
      if (!gone) throw new NotFoundError('source');
      await this.audit.record(tx, caller, { action: 'source.deleted', target: id, details: gone });
    });
  }

  private async claiming<T>(cidr: string | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (cidr !== undefined && violatedUnique(error) === 'sources_cidr_key')
        throw new PrefixTakenError(cidr);
      throw error;
    }
  }
}

function networkOf(cidr: string): string {
  const network = normalizeCidr(cidr);
  if (network === undefined) throw new ValidationError([{ path: 'body.cidr', message: 'is no prefix' }]);
  return network;
}
