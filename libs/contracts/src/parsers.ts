import { z } from 'zod';
import { idParamsSchema, idSchema, pageOf, pageQuerySchema } from './common.js';
import { endpoint } from './endpoint.js';
import { fieldValueSchema } from './event.js';
import { timeZoneSchema } from './sources.js';

export const PARSER_KINDS = ['grok', 'regex', 'json'] as const;
export const parserKindSchema = z.enum(PARSER_KINDS);
export type ParserKind = z.infer<typeof parserKindSchema>;

const nameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{1,39}$/, 'use 2 to 40 lower-case letters, digits and _, a letter first')
  .describe('also the source type that asks for it');
const patternsSchema = z
  .array(z.string().min(1).max(1000))
  .max(20)
  .describe('grok and regex: the first that matches counts. Empty for json');
const fieldsSchema = z
  .record(z.string().min(1).max(500), z.string().min(1).max(220))
  .refine((fields) => Object.keys(fields).length <= 100, 'at most 100 fields')
  .describe(
    'json: path → field; grok and regex: capture → field, where it differs. ":int" or ":float" may follow',
  );
const constantsSchema = z
  .record(z.string().min(1).max(200), z.union([z.string().max(1000), z.number(), z.boolean()]))
  .refine((constants) => Object.keys(constants).length <= 50, 'at most 50 constants')
  .describe('values that each event gets');
const programsSchema = z
  .array(z.string().regex(/^[!-~]{1,48}$/, 'a syslog tag: 1 to 48 visible ASCII characters'))
  .max(20)
  .describe('syslog programs whose lines it reads whatever the source’s type');
const sampleSchema = z.string().max(65_536);
const samplesSchema = z
  .array(sampleSchema)
  .max(20)
  .refine((samples) => samples.join('').length <= 131_072, 'at most 128 KiB of samples')
  .describe('lines to try it on; kept with it');

export const parserSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    kind: parserKindSchema,
    patterns: z.array(z.string()),
    fields: z.record(z.string(), z.string()),
    constants: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    programs: z.array(z.string()),
    samples: z.array(z.string()),
    enabled: z.boolean(),
    usedBy: z.int().describe('sources and API keys whose type it is'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Parser', description: 'A tenant’s own way to read lines.' });
export type Parser = z.infer<typeof parserSchema>;

const definition = {
  kind: parserKindSchema,
  patterns: patternsSchema,
  fields: fieldsSchema,
  constants: constantsSchema,
};
const defaulted = {
  patterns: patternsSchema.default([]),
  fields: fieldsSchema.default({}),
  constants: constantsSchema.default({}),
};

export const listParsers = endpoint({
  id: 'listParsers',
  method: 'GET',
  path: '/parsers',
  summary: 'The tenant’s own parsers.',
  permission: 'parsers:read',
  query: pageQuerySchema,
  response: pageOf(parserSchema),
});
/** About the product, not about a tenant: the operator, who assigns senders, chooses from it too. */
export const listBuiltinParsers = endpoint({
  id: 'listBuiltinParsers',
  method: 'GET',
  path: '/parsers/builtin',
  summary: 'The decoders that come with Parapet, and the names that grok patterns may refer to.',
  permission: 'self:read',
  response: z.object({
    items: z.array(
      z.object({
        name: z.string(),
        types: z.array(z.string()).describe('further source types that ask for it'),
        programs: z.array(z.string()).describe('syslog programs that it reads by itself'),
      }),
    ),
    grokPatterns: z.array(z.object({ name: z.string(), pattern: z.string() })),
  }),
});
export const getParser = endpoint({
  id: 'getParser',
  method: 'GET',
  path: '/parsers/:id',
  summary: 'One parser.',
  permission: 'parsers:read',
  params: idParamsSchema,
  response: parserSchema,
});
export const createParser = endpoint({
  id: 'createParser',
  method: 'POST',
  path: '/parsers',
  summary: 'Add a parser. The ingestor uses it within 2 s.',
  permission: 'parsers:write',
  body: z
    .object({
      name: nameSchema,
      kind: parserKindSchema,
      ...defaulted,
      programs: programsSchema.default([]),
      samples: samplesSchema.default([]),
      enabled: z.boolean().default(true),
    })
    .strict(),
  response: parserSchema,
  status: 201,
});
export const updateParser = endpoint({
  id: 'updateParser',
  method: 'PATCH',
  path: '/parsers/:id',
  summary: 'Change a parser. A new name is followed by the sources and API keys that use it.',
  permission: 'parsers:write',
  params: idParamsSchema,
  body: z
    .object({
      name: nameSchema,
      ...definition,
      programs: programsSchema,
      samples: samplesSchema,
      enabled: z.boolean(),
    })
    .partial()
    .strict(),
  response: parserSchema,
});
export const deleteParser = endpoint({
  id: 'deleteParser',
  method: 'DELETE',
  path: '/parsers/:id',
  summary: 'Remove a parser that no source and no API key uses.',
  permission: 'parsers:write',
  params: idParamsSchema,
});

const problemSchema = z.object({
  path: z.string().describe('patterns.0, fields.$.a, constants.event.category'),
  offset: z.int().optional().describe('where in that pattern or path, in UTF-16 units from 0'),
  message: z.string(),
});
const readLineSchema = z.object({
  matched: z.boolean(),
  reason: z.string().nullable().describe('why not'),
  fields: z.record(z.string(), fieldValueSchema).describe('of the event that it becomes, matched or not'),
});
export const parserTestSchema = z
  .object({
    ok: z.boolean().describe('whether the definition can be used'),
    problems: z.array(problemSchema),
    results: z.array(readLineSchema).describe('one a line, in their order'),
  })
  .meta({ id: 'ParserTest' });
export type ParserTest = z.infer<typeof parserTestSchema>;

export const testParser = endpoint({
  id: 'testParser',
  method: 'POST',
  path: '/parsers/test',
  summary: 'Try a definition on lines; nothing is stored. What is wrong with it is told with its place.',
  permission: 'parsers:test',
  body: z
    .object({
      kind: parserKindSchema,
      ...defaulted,
      lines: z.array(sampleSchema).max(50),
      timeZone: timeZoneSchema.default('UTC'),
    })
    .strict(),
  response: parserTestSchema,
});
