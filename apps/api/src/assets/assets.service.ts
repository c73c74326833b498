import { Injectable } from '@nestjs/common';
import {
  MOST_ASSETS,
  type Asset,
  type AssetImport,
  type endpoints,
  type ParsedOf,
  type ResponseOf,
} from '@parapet/contracts';
import { violatedUnique } from '@parapet/db';
import { AssetTable } from '@parapet/enrich';
import { ConflictError, NotFoundError, ValidationError } from '@parapet/errors';
import { encodeCursor } from '@parapet/eventstore';
import { AuditService } from '../core/audit.service.js';
import { cursorParam } from '../http/cursor-param.js';
import type { Principal } from '../http/principal.js';
import { readAssetCsv } from './asset-csv.js';
import { assetValue } from './asset-value.js';
import { assetCursorSchema, AssetsRepository } from './assets.repository.js';

const MOST_REFUSALS_TOLD = 1000;

@Injectable()
export class AssetsService {
  constructor(
    private readonly assets: AssetsRepository,
    private readonly audit: AuditService,
  ) {}

  async list(
    { tenantId }: Principal,
    { limit, cursor, ...filter }: ParsedOf<typeof endpoints.listAssets>['query'],
  ): Promise<ResponseOf<typeof endpoints.listAssets>> {
    const after = cursorParam(cursor, assetCursorSchema);
    const found = await this.assets.list(tenantId, filter, limit + 1, after);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const more = found.length > limit && last;
    return { items, nextCursor: more ? encodeCursor([Date.parse(last.createdAt), last.id]) : null };
  }

  /** @throws NotFoundError */
  async get({ tenantId }: Principal, id: string): Promise<Asset> {
    const asset = await this.assets.find(tenantId, id);
    if (!asset) throw new NotFoundError('asset');
    return asset;
  }

  /** @throws ValidationError, ConflictError */
  async create(caller: Principal, body: ParsedOf<typeof endpoints.createAsset>['body']): Promise<Asset> {
    const asset = { ...body, value: valueOf(body) };
    const id = await this.naming(asset, () =>
      this.assets.within(caller.tenantId, async (tx) => {
        if ((await this.assets.count(tx)) >= MOST_ASSETS) throw tooMany();
        const made = await this.assets.create(tx, caller.tenantId, asset);
        await this.audit.record(tx, caller, { action: 'asset.created', target: made, details: asset });
        return made;
      }),
    );
    return this.get(caller, id);
  }

  /** @throws NotFoundError, ValidationError, ConflictError */
  async update(
    caller: Principal,
    id: string,
    body: ParsedOf<typeof endpoints.updateAsset>['body'],
  ): Promise<Asset> {
    const before = await this.get(caller, id);
    const moved = body.kind !== undefined || body.value !== undefined;
    const asset = { kind: body.kind ?? before.kind, value: body.value ?? before.value };
    const change = moved ? { ...body, kind: asset.kind, value: valueOf(asset) } : body;
    await this.naming(asset, () =>
      this.assets.within(caller.tenantId, async (tx) => {
        if (!(await this.assets.change(tx, id, change))) throw new NotFoundError('asset');
        await this.audit.record(tx, caller, { action: 'asset.updated', target: id, details: change });
      }),
    );
    return this.get(caller, id);
  }

  /** @throws NotFoundError */
  async delete(caller: Principal, id: string): Promise<void> {
    const { kind, value, name } = await this.get(caller, id);
    await this.assets.within(caller.tenantId, async (tx) => {
      if (!(await this.assets.delete(tx, id))) throw new NotFoundError('asset');
      const details = { kind, value, name };
      await this.audit.record(tx, caller, { action: 'asset.deleted', target: id, details });
    });
  }

  /** Takes the good rows of a CSV file. @throws ValidationError when it is none as a whole, ConflictError */
  async import(caller: Principal, text: string): Promise<AssetImport> {
    const read = readAssetCsv(text);
    if ('why' in read) throw new ValidationError([{ path: 'body', message: read.why }]);
    const { rows, refused } = read;
    const { created, updated } = await this.assets.within(caller.tenantId, async (tx) => {
      const done = await this.assets.upsert(tx, caller.tenantId, rows);
      if ((await this.assets.count(tx)) > MOST_ASSETS) throw tooMany();
      const details = { ...done, refused: refused.length };
      await this.audit.record(tx, caller, { action: 'asset.imported', details });
      return done;
    });
    return {
      created,
      updated,
      unchanged: rows.length - created - updated,
      refused: refused.slice(0, MOST_REFUSALS_TOLD),
      refusedCount: refused.length,
    };
  }

  /** The tenant's assets as the ingestor has them. */
  async table(tenantId: string): Promise<AssetTable> {
    return new AssetTable(await this.assets.all(tenantId));
  }

  private async naming<T>(
    { kind, value }: Pick<Asset, 'kind' | 'value'>,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (violatedUnique(error) === 'assets_tenant_id_kind_value_key')
        throw new ConflictError(`The ${kind} ${value} has a name already.`);
      throw error;
    }
  }
}

/** @throws ValidationError */
function valueOf({ kind, value }: Pick<Asset, 'kind' | 'value'>): string {
  const read = assetValue(kind, value);
  if ('why' in read) throw new ValidationError([{ path: 'body.value', message: read.why }]);
  return read.value;
}

function tooMany(): ConflictError {
  return new ConflictError(`A tenant has at most ${MOST_ASSETS} assets. Name prefixes instead of addresses.`);
}
