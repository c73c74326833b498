import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { compileParser, TenantParsers, type Decoder } from '@parapet/normalize';
import { countFailure, type Logger } from '@parapet/telemetry';

const rowsSchema = z.array(
  z.object({
    tenant_id: z.string(),
    name: z.string(),
    // What only a later version knows is one broken parser, no broken table.
    kind: z.string(),
    patterns: z.array(z.string()),
    fields: z.unknown(),
    constants: z.unknown(),
    programs: z.array(z.string()),
  }),
);
const definitionSchema = z.object({
  name: z.string(),
  kind: z.enum(['grok', 'regex', 'json']),
  patterns: z.array(z.string()),
  fields: z.record(z.string(), z.string()),
  constants: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  programs: z.array(z.string()),
});

/**
 * Every tenant's parsers, compiled. What did not change keeps its compiled form, and with it what it may still spend of its time; a
 * definition that does not compile is counted, logged once and left out.
 */
export class ParserTable {
  private compiled = new Map<string, Decoder | undefined>();

  constructor(private readonly logger: Logger) {}

  /** `rows`: of ingest_parsers(). Other work goes on between two compilations, which take some milliseconds each. */
  async load(rows: unknown): Promise<ReadonlyMap<string, TenantParsers>> {
    const next = new Map<string, Decoder | undefined>();
    const decoders = new Map<string, Decoder[]>();
    for (const { tenant_id: tenantId, ...row } of rowsSchema.parse(rows)) {
      const key = JSON.stringify([tenantId, row]);
      if (this.compiled.has(key)) next.set(key, this.compiled.get(key));
      else {
        next.set(key, this.compile(tenantId, row));
        await turn();
      }
      const decoder = next.get(key);
      if (!decoder) continue;
      const own = decoders.get(tenantId);
      if (own) own.push(decoder);
      else decoders.set(tenantId, [decoder]);
    }
    this.compiled = next;
    return new Map([...decoders].map(([tenantId, own]) => [tenantId, new TenantParsers(own)]));
  }

  private compile(tenantId: string, row: { name: string }): Decoder | undefined {
    const definition = definitionSchema.safeParse(row);
    const result = definition.success
      ? compileParser(definition.data, () => performance.now())
      : { ok: false as const, problems: [{ path: '', message: definition.error.message }] };
    if (result.ok) return result.decoder;
    countFailure('parsers', 'compile');
    this.logger.error(
      { tenantId, parser: row.name, problems: result.problems },
      'a parser of a tenant can’t be used; its lines are read by the built-in decoders',
    );
    return undefined;
  }
}
