import { z } from 'zod';
import { idParamsSchema, idSchema, listOf, pageOf, pageQuerySchema } from './common.js';
import { endpoint } from './endpoint.js';

/** `level` of the Sigma specification, mildest first. */
export const RULE_LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export const ruleLevelSchema = z.enum(RULE_LEVELS);
export type RuleLevel = z.infer<typeof ruleLevelSchema>;

export const RULE_ORIGINS = ['managed', 'own', 'import'] as const;
export const ruleOriginSchema = z.enum(RULE_ORIGINS);
export type RuleOrigin = z.infer<typeof ruleOriginSchema>;

export const RULE_KINDS = ['detection', 'correlation', 'filter'] as const;
export const ruleKindSchema = z.enum(RULE_KINDS);
export type RuleKind = z.infer<typeof ruleKindSchema>;

/** Rules that a tenant may have of its own, imported ones included. */
export const MOST_OWN_RULES = 5000;

const DAY_SECONDS = 86_400;
export const ruleOverridesSchema = z
  .object({
    level: ruleLevelSchema.nullable().default(null).describe('instead of the rule’s own'),
    threshold: z
      .int()
      .min(1)
      .max(10_000)
      .nullable()
      .default(null)
      .describe('correlations: the number of the condition'),
    timespanSeconds: z
      .int()
      .min(1)
      .max(31 * DAY_SECONDS)
      .nullable()
      .default(null)
      .describe('correlations: instead of `timespan`'),
  })
  .strict();
export type RuleOverrides = z.infer<typeof ruleOverridesSchema>;

const nullableText = z.string().nullable();

export const ruleHealthSchema = z.object({
  lastMatchAt: z.iso.datetime().nullable().describe('within the last 35 days'),
  matches24h: z.int(),
  matches7d: z.int(),
  errors7d: z.int().describe('times that it did not compile, failed, or was paused for being slow'),
  lastError: nullableText,
  microseconds: z
    .number()
    .nullable()
    .describe('mean cost of one evaluation, from samples of the last 7 days'),
});

export const ruleSchema = z
  .object({
    id: idSchema.describe('of a managed rule: its Sigma id'),
    sigmaId: z.string().describe('alerts of this rule have the detector `rule:<sigmaId>`'),
    name: nullableText.describe('by which correlations and filters may refer to it'),
    title: z.string(),
    description: nullableText,
    kind: ruleKindSchema,
    origin: ruleOriginSchema,
    status: nullableText,
    level: ruleLevelSchema.nullable().describe('in force, the override included'),
    tags: z.array(z.string()),
    techniques: z
      .array(z.object({ id: z.string(), name: z.string(), tactic: z.string() }))
      .describe('ATT&CK, from the tags'),
    logSource: z.object({ category: nullableText, product: nullableText, service: nullableText }),
    enabled: z.boolean(),
    alerts: z
      .boolean()
      .describe(
        'whether a match makes an alert: level medium and above, and no part of a correlation without `generate`. Other matches are counted only',
      ),
    overrides: ruleOverridesSchema,
    version: z.int(),
    updatedAt: z.iso.datetime().nullable().describe('null: managed'),
    health: ruleHealthSchema,
  })
  .meta({ id: 'Rule', description: 'A Sigma rule, correlation or filter as one tenant has it.' });
export type Rule = z.infer<typeof ruleSchema>;

export const ruleDetailSchema = ruleSchema
  .extend({
    yaml: z.string(),
    threshold: z.number().nullable().describe('correlations: as written'),
    timespanSeconds: z.number().nullable().describe('correlations: as written'),
  })
  .meta({ id: 'RuleDetail' });
export type RuleDetail = z.infer<typeof ruleDetailSchema>;

/** Characters of one request’s YAML. */
const yamlSchema = z.string().min(1).max(524_288);

export const ruleProblemSchema = z.object({
  path: z.string().describe('file, where there are several'),
  rule: z.string().describe('id, name or title, as far as it has one'),
  line: z.int(),
  column: z.int(),
  message: z.string(),
});
export type RuleProblem = z.infer<typeof ruleProblemSchema>;

export const listRules = endpoint({
  id: 'listRules',
  method: 'GET',
  path: '/rules',
  summary: 'Managed rules and the tenant’s own, by title.',
  permission: 'rules:read',
  query: pageQuerySchema.extend({
    origin: listOf(ruleOriginSchema),
    kind: listOf(ruleKindSchema),
    level: listOf(ruleLevelSchema),
    enabled: z
      .enum(['true', 'false'])
      .transform((value) => value === 'true')
      .optional(),
    q: z.string().trim().min(1).max(200).optional().describe('substring of title, description, tag or id'),
  }),
  response: pageOf(ruleSchema).extend({ total: z.int() }),
});
export const getRule = endpoint({
  id: 'getRule',
  method: 'GET',
  path: '/rules/:id',
  summary: 'One rule with its text.',
  permission: 'rules:read',
  params: idParamsSchema,
  response: ruleDetailSchema,
});
export const createRules = endpoint({
  id: 'createRules',
  method: 'POST',
  path: '/rules',
  summary: 'Add the rules of a YAML text, one a document: all of them or none. In force within 2 s.',
  permission: 'rules:write',
  body: z.object({ yaml: yamlSchema, enabled: z.boolean().default(true) }).strict(),
  response: z.object({ items: z.array(ruleDetailSchema) }),
  status: 201,
});
export const replaceRule = endpoint({
  id: 'replaceRule',
  method: 'PUT',
  path: '/rules/:id',
  summary: 'A new version of an own or imported rule: one YAML document.',
  permission: 'rules:write',
  params: idParamsSchema,
  body: z.object({ yaml: yamlSchema }).strict(),
  response: ruleDetailSchema,
});
export const updateRule = endpoint({
  id: 'updateRule',
  method: 'PATCH',
  path: '/rules/:id',
  summary:
    'Switch a rule on or off, or override what it says; managed ones too. `overrides` replaces all of them.',
  permission: 'rules:write',
  params: idParamsSchema,
  body: z
    .object({ enabled: z.boolean().optional(), overrides: ruleOverridesSchema.optional() })
    .strict()
    .refine((body) => Object.keys(body).length > 0, 'give enabled or overrides'),
  response: ruleDetailSchema,
});
export const deleteRule = endpoint({
  id: 'deleteRule',
  method: 'DELETE',
  path: '/rules/:id',
  summary: 'Remove an own or imported rule that no other refers to.',
  permission: 'rules:write',
  params: idParamsSchema,
});
export const listRuleVersions = endpoint({
  id: 'listRuleVersions',
  method: 'GET',
  path: '/rules/:id/versions',
  summary: 'Every text that an own or imported rule had, the latest first (at most 200).',
  permission: 'rules:read',
  params: idParamsSchema,
  response: z.object({
    items: z.array(
      z.object({
        version: z.int(),
        title: z.string(),
        yaml: z.string(),
        actor: z.string(),
        createdAt: z.iso.datetime(),
      }),
    ),
  }),
});
export const restoreRule = endpoint({
  id: 'restoreRule',
  method: 'POST',
  path: '/rules/:id/restore',
  summary: 'Make an earlier text the newest version.',
  permission: 'rules:write',
  params: idParamsSchema,
  body: z.object({ version: z.int().min(1) }).strict(),
  response: ruleDetailSchema,
  status: 200,
});

export const ruleTestSchema = z
  .object({
    ok: z.boolean().describe('whether every rule of the text can be used'),
    problems: z.array(ruleProblemSchema),
    matches: z.array(
      z.object({
        ruleId: z.string(),
        title: z.string(),
        level: ruleLevelSchema.nullable(),
        event: z
          .int()
          .describe('index from 0: events first, then lines; of a correlation the event that completes it'),
        group: z.record(z.string(), z.string()).optional().describe('correlations only'),
      }),
    ),
  })
  .meta({ id: 'RuleTest' });
export type RuleTest = z.infer<typeof ruleTestSchema>;

export const testRules = endpoint({
  id: 'testRules',
  method: 'POST',
  path: '/rules/test',
  summary: 'Try rules on events or lines; nothing is stored. They may refer to managed and own rules.',
  permission: 'rules:test',
  body: z
    .object({
      rules: yamlSchema.describe('YAML, one rule a document'),
      events: z.array(z.record(z.string(), z.unknown())).max(1000).default([]),
      lines: z.array(z.string().max(65_536)).max(1000).default([]),
      sourceType: z.string().max(100).default('auto').describe('of the lines'),
    })
    .strict(),
  response: ruleTestSchema,
  status: 200,
});

export const ruleImportSchema = z
  .object({
    loaded: z.int().describe('new rules'),
    updated: z.int().describe('rules whose id was there already and whose text differs'),
    unchanged: z.int(),
    refused: z.array(
      z.object({
        path: z.string(),
        rule: z.string(),
        title: z.string(),
        problems: z.array(z.object({ line: z.int(), column: z.int(), message: z.string() })),
      }),
    ),
    unmapped: z
      .array(z.object({ field: z.string(), rules: z.int() }))
      .describe(
        'fields that no decoder writes and no mapping knows, with the number of loaded rules that ask for them',
      ),
  })
  .meta({ id: 'RuleImport' });
export type RuleImport = z.infer<typeof ruleImportSchema>;

export const importRules = endpoint({
  id: 'importRules',
  method: 'POST',
  path: '/rules/import',
  summary:
    'Import rule files, such as SigmaHQ’s. What can be used is stored; the rest is told with its reason.',
  permission: 'rules:write',
  body: z
    .object({
      files: z
        .array(z.object({ path: z.string().min(1).max(300), text: z.string().max(524_288) }).strict())
        .min(1)
        .max(MOST_OWN_RULES),
      enabled: z.boolean().default(true).describe('of rules that are new'),
    })
    .strict(),
  bodyLimit: 16 * 1024 * 1024,
  response: ruleImportSchema,
  status: 200,
});
