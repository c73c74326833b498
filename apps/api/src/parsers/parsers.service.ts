import { Injectable } from '@nestjs/common';
import type { endpoints, ParsedOf, Parser, ParserTest, ResponseOf } from '@parapet/contracts';
import { violatedUnique } from '@parapet/db';
import { ConflictError, NotFoundError, ValidationError } from '@parapet/errors';
import { encodeCursor } from '@parapet/eventstore';
import {
  compileParser,
  DECODER_NAMES,
  DECODERS,
  GROK_PATTERNS,
  parseFrame,
  TenantParsers,
  type EventFields,
} from '@parapet/normalize';
import { AuditService, type AuditEntry } from '../core/audit.service.js';
import { cursorParam } from '../http/cursor-param.js';
import type { Principal } from '../http/principal.js';
import { refused } from './parser-problems.js';
import { parserCursorSchema, ParsersRepository, type ParserChange } from './parsers.repository.js';

/** Of one tenant; each is compiled by every ingestor. */
const MOST_PARSERS = 200;
/** Stands for the name while a definition is tried. */
const DRAFT = 'draft';
const clock = () => performance.now();

@Injectable()
export class ParsersService {
  constructor(
    private readonly parsers: ParsersRepository,
    private readonly audit: AuditService,
  ) {}

  async list(
    { tenantId }: Principal,
    { limit, cursor }: ParsedOf<typeof endpoints.listParsers>['query'],
  ): Promise<ResponseOf<typeof endpoints.listParsers>> {
    const found = await this.parsers.list(tenantId, limit + 1, cursorParam(cursor, parserCursorSchema));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const more = found.length > limit && last;
    return { items, nextCursor: more ? encodeCursor([Date.parse(last.createdAt), last.id]) : null };
  }

  builtin(): ResponseOf<typeof endpoints.listBuiltinParsers> {
    return {
      items: DECODERS.map(({ name, types = [], programs }) => ({
        name,
        types: [...types],
        programs: [...programs],
      })),
      grokPatterns: [...GROK_PATTERNS].map(([name, pattern]) => ({ name, pattern })),
    };
  }

  /** @throws NotFoundError */
  async get({ tenantId }: Principal, id: string): Promise<Parser> {
    const parser = await this.parsers.find(tenantId, id);
    if (!parser) throw new NotFoundError('parser');
    return parser;
  }

  /** @throws ValidationError, ConflictError */
  async create(caller: Principal, body: ParsedOf<typeof endpoints.createParser>['body']): Promise<Parser> {
    const compiled = compileParser(body);
    if (!compiled.ok) throw refused(compiled.problems);
    const id = await this.named(body.name, () =>
      this.parsers.within(caller.tenantId, async (tx) => {
        if ((await this.parsers.count(tx)) >= MOST_PARSERS)
          throw new ConflictError(`There are ${MOST_PARSERS} parsers already; remove one first.`);
        const made = await this.parsers.create(tx, caller.tenantId, body);
        await this.audit.record(tx, caller, {
          action: 'parser.created',
          target: made,
          details: detailsOf(body),
        });
        return made;
      }),
    );
    return this.get(caller, id);
  }

  /** @throws NotFoundError, ValidationError, ConflictError */
  async update(
    caller: Principal,
    id: string,
    body: ParsedOf<typeof endpoints.updateParser>['body'],
  ): Promise<Parser> {
    const before = await this.get(caller, id);
    const compiled = compileParser({ ...before, ...body });
    if (!compiled.ok) throw refused(compiled.problems);
    const { name } = body;
    await this.named(name ?? before.name, () =>
      this.parsers.within(caller.tenantId, async (tx) => {
        if (!(await this.parsers.change(tx, id, body))) throw new NotFoundError('parser');
        if (name !== undefined && name !== before.name) await this.parsers.rename(tx, before.name, name);
        await this.audit.record(tx, caller, {
          action: 'parser.updated',
          target: id,
          details: detailsOf(body),
        });
      }),
    );
    return this.get(caller, id);
  }

  /** @throws NotFoundError, ConflictError while something uses it */
  async delete(caller: Principal, id: string): Promise<void> {
    const { name, usedBy } = await this.get(caller, id);
    if (usedBy > 0)
      throw new ConflictError(`${usedBy} sources or API keys have the type ${name}; change them first.`);
    await this.parsers.within(caller.tenantId, async (tx) => {
      if (!(await this.parsers.delete(tx, id))) throw new NotFoundError('parser');
      await this.audit.record(tx, caller, { action: 'parser.deleted', target: id, details: { name } });
    });
  }

  /** What a definition makes of lines, by the ingestor's own code. */
  test({ lines, timeZone, ...body }: ParsedOf<typeof endpoints.testParser>['body']): ParserTest {
    const compiled = compileParser({ ...body, name: DRAFT, programs: [] }, clock);
    if (!compiled.ok) return { ok: false, problems: [...compiled.problems], results: [] };
    const parsers = new TenantParsers([compiled.decoder]);
    const results = lines.map((line) => {
      const receivedAt = Date.now();
      const event = parseFrame(Buffer.from(line), { receivedAt, timeZone, sourceType: DRAFT, parsers });
      const matched = event['labels.decoder'] === DRAFT;
      return { matched, reason: matched ? null : reasonOf(event), fields: wireFields(event) };
    });
    return { ok: true, problems: [], results };
  }

  /**
   * The tenant's parsers as the ingestor has them. A definition that no longer compiles (it was stored by an older version) is left
   * out, as the ingestor leaves it out.
   */
  async compiled(tenantId: string): Promise<TenantParsers | undefined> {
    const definitions = await this.parsers.enabled(tenantId);
    const decoders = definitions.flatMap((definition) => {
      const compiled = compileParser(definition, clock);
      return compiled.ok ? [compiled.decoder] : [];
    });
    return decoders.length > 0 ? new TenantParsers(decoders) : undefined;
  }

  /** @throws ValidationError at `path` for a type that is neither a decoder nor a parser of the tenant */
  async assertType(tenantId: string, type: string, path: string): Promise<void> {
    if (type === 'auto' || DECODER_NAMES.includes(type) || (await this.parsers.has(tenantId, type))) return;
    throw new ValidationError([
      { path, message: `there is no decoder and no parser of the name ${type}; “auto” recognises each line` },
    ]);
  }

  private async named<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (violatedUnique(error) === 'parsers_tenant_id_name_key')
        throw new ConflictError(`There is a parser of the name ${name} already.`);
      throw error;
    }
  }
}

function detailsOf({ name, kind, patterns, enabled }: ParserChange): NonNullable<AuditEntry['details']> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(kind === undefined ? {} : { kind }),
    ...(patterns === undefined ? {} : { patterns }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

function reasonOf(event: EventFields): string {
  if (event['labels.parser_paused'] !== undefined) return 'not tried: the lines before took too long';
  const decoder = event['labels.decoder'];
  return typeof decoder === 'string' && decoder !== 'generic'
    ? `the decoder ${decoder} read it instead`
    : 'nothing of the definition fits the line';
}

function wireFields(event: EventFields): ParserTest['results'][number]['fields'] {
  const fields: ParserTest['results'][number]['fields'] = {};
  for (const [name, value] of Object.entries(event))
    if (value !== undefined && name !== 'event.original') fields[name] = value;
  fields['@timestamp'] = new Date(event['@timestamp']).toISOString();
  return fields;
}
