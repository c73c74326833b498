import { Injectable } from '@nestjs/common';
import type {
  CreatedSource,
  endpoints,
  ParsedOf,
  ResponseOf,
  Source,
  SourceIdentity,
} from '@parapet/contracts';
import { violatedUnique, type TenantTx } from '@parapet/db';
import { CertificateTakenError, NotFoundError, PrefixTakenError, ValidationError } from '@parapet/errors';
import { encodeCursor } from '@parapet/eventstore';
import { AuditService, type AuditEntry } from '../core/audit.service.js';
import { cursorParam } from '../http/cursor-param.js';
import type { Principal } from '../http/principal.js';
import { ParsersService } from '../parsers/parsers.service.js';
import { normalizeCidr } from './cidr.js';
import { certificateHash, newSourceToken, type SourceToken } from './source-proof.js';
import { sourceCursorSchema, SourcesRepository, type SourceChange } from './sources.repository.js';

@Injectable()
export class SourcesService {
  constructor(
    private readonly sources: SourcesRepository,
    private readonly audit: AuditService,
    private readonly parsers: ParsersService,
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

  /**
   * `also`: what belongs to the same transaction.
   * @throws PrefixTakenError, CertificateTakenError, ValidationError
   */
  async create(
    caller: Principal,
    { cidr, certificate, ...body }: ParsedOf<typeof endpoints.createSource>['body'],
    also?: (tx: TenantTx) => Promise<void>,
  ): Promise<CreatedSource> {
    await this.parsers.assertType(caller.tenantId, body.type, 'body.type');
    const made = body.identifiedBy === 'token' ? newSourceToken() : undefined;
    const source = { ...body, ...proofColumns({ cidr, certificate, token: made }) };
    const id = await this.claiming(source.cidr, () =>
      this.sources.within(caller.tenantId, async (tx) => {
        const target = await this.sources.create(tx, caller.tenantId, source);
        await this.audit.record(tx, caller, { action: 'source.created', target, details: told(source) });
        await also?.(tx);
        return target;
      }),
    );
    return { ...(await this.get(caller, id)), token: made?.token ?? null };
  }

  /** @throws NotFoundError, PrefixTakenError, CertificateTakenError, ValidationError */
  async update(
    caller: Principal,
    id: string,
    { cidr, certificate, ...body }: ParsedOf<typeof endpoints.updateSource>['body'],
  ): Promise<Source> {
    if (body.type !== undefined) await this.parsers.assertType(caller.tenantId, body.type, 'body.type');
    const { identifiedBy } = await this.get(caller, id);
    if (cidr !== undefined && identifiedBy !== 'address') throw otherKind('cidr', identifiedBy);
    if (certificate !== undefined && identifiedBy !== 'certificate')
      throw otherKind('certificate', identifiedBy);
    const change = { ...body, ...proofColumns({ cidr, certificate }) };
    await this.change(caller, id, change, 'source.updated');
    return this.get(caller, id);
  }

  /** @throws NotFoundError, ValidationError for a source that is known by something else */
  async renewToken(caller: Principal, id: string): Promise<CreatedSource> {
    const { identifiedBy } = await this.get(caller, id);
    if (identifiedBy !== 'token') throw otherKind('id', identifiedBy, 'params');
    const token = newSourceToken();
    await this.change(caller, id, proofColumns({ token }), 'source.token_renewed');
    return { ...(await this.get(caller, id)), token: token.token };
  }

  /** @throws NotFoundError */
  async delete(caller: Principal, id: string): Promise<void> {
    await this.sources.within(caller.tenantId, async (tx) => {
      const gone = await this.sources.delete(tx, id);
      if (!gone) throw new NotFoundError('source');
      await this.audit.record(tx, caller, { action: 'source.deleted', target: id, details: gone });
    });
  }

  private async change(caller: Principal, id: string, change: SourceChange, action: string): Promise<void> {
    await this.claiming(change.cidr, () =>
      this.sources.within(caller.tenantId, async (tx) => {
        if (!(await this.sources.change(tx, id, change))) throw new NotFoundError('source');
        await this.audit.record(tx, caller, { action, target: id, details: told(change) });
      }),
    );
  }

  private async claiming<T>(cidr: string | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const violated = violatedUnique(error);
      if (cidr !== undefined && violated === 'sources_cidr_key') throw new PrefixTakenError(cidr);
      if (violated === 'sources_certificate_key') throw new CertificateTakenError();
      throw error;
    }
  }
}

type ProofColumns = Pick<SourceChange, 'cidr' | 'certificateSha256' | 'tokenHash' | 'tokenPrefix'>;

/** What a source is known by, as its columns keep it. */
function proofColumns(given: { cidr?: string; certificate?: string; token?: SourceToken }): ProofColumns {
  return {
    ...(given.cidr === undefined ? {} : { cidr: networkOf(given.cidr) }),
    ...(given.certificate === undefined ? {} : { certificateSha256: fingerprintOf(given.certificate) }),
    ...(given.token === undefined ? {} : { tokenHash: given.token.hash, tokenPrefix: given.token.prefix }),
  };
}

/** What the audit log tells of a source: no hash of a token. */
function told({
  certificateSha256,
  tokenHash: _,
  ...plain
}: SourceChange): NonNullable<AuditEntry['details']> {
  return certificateSha256 === undefined
    ? plain
    : { ...plain, certificateSha256: certificateSha256.toString('hex') };
}

function networkOf(cidr: string): string {
  const network = normalizeCidr(cidr);
  if (network === undefined) throw new ValidationError([{ path: 'body.cidr', message: 'is no prefix' }]);
  return network;
}

function fingerprintOf(certificate: string): Buffer<ArrayBuffer> {
  const hash = certificateHash(certificate);
  if (hash === undefined)
    throw new ValidationError([
      { path: 'body.certificate', message: 'is neither a certificate in PEM nor a SHA-256 fingerprint' },
    ]);
  return hash;
}

const otherKind = (field: string, identifiedBy: SourceIdentity, part = 'body') =>
  new ValidationError([{ path: `${part}.${field}`, message: `this source is known by its ${identifiedBy}` }]);
