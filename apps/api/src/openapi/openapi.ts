import { z } from 'zod';
import { endpoints, PERMISSIONS, problemSchema, type Endpoint } from '@parapet/contracts';
import { pathOf, statusOf } from '../http/handles.js';

type Json = Record<string, unknown>;

const PROBLEMS: Record<number, string> = {
  400: 'The request is not valid; `errors` says where.',
  401: 'Not signed in, or the session ended.',
  403: 'The role does not allow it, or the CSRF token is missing.',
  404: 'There is no such thing, or it is not this tenant’s.',
  409: 'It contradicts what there is.',
  429: 'Too many tries; see Retry-After.',
};

/** The document of every operation (OpenAPI 3.1), made of the same schemas that parse requests. */
export function openApiDocument(): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const endpoint of Object.values<Endpoint>(endpoints)) {
    const path = pathOf(endpoint).replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint, components) };
  }
  schemaOf(problemSchema, 'output', components);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parapet',
      version: '1',
      description:
        'Everything is of the tenant of whoever is signed in. Programs send the access token of `login` as a bearer ' +
        'token; browsers have cookies and send `x-csrf-token` with whatever changes something. Errors are RFC 9457 ' +
        'problem documents with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: { type: 'apiKey', in: 'cookie', name: '__Host-access' },
        csrf: { type: 'apiKey', in: 'header', name: 'x-csrf-token' },
      },
    },
  };
}

function operation(endpoint: Endpoint, components: Json): Json {
  const parameters = [
    ...parametersOf(endpoint.params, 'path', components),
    ...parametersOf(endpoint.query, 'query', components),
  ];
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    tags: [endpoint.path.split('/')[1]],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(endpoint.body
      ? {
          requestBody: {
            required: true,
            content: {
              [endpoint.bodyType ?? 'application/json']: {
                schema: schemaOf(endpoint.body, 'input', components),
              },
            },
          },
        }
      : {}),
    responses: { [statusOf(endpoint)]: answer(endpoint, components), ...problems(endpoint) },
    ...security(endpoint),
  };
}

function answer(endpoint: Endpoint, components: Json): Json {
  if (endpoint.stream)
    return { description: 'A stream.', content: { [endpoint.stream]: { schema: { type: 'string' } } } };
  if (!endpoint.response) return { description: 'Done; no content.' };
  const schema = schemaOf(endpoint.response, 'output', components);
  return { description: 'Done.', content: { 'application/json': { schema } } };
}

function problems(endpoint: Endpoint): Json {
  const statuses = [
    ...(endpoint.params || endpoint.query || endpoint.body ? [400] : []),
    ...(endpoint.permission === 'public' ? [401, 403, 429] : [401, 403]),
    ...(endpoint.params ? [404] : []),
    ...(endpoint.method === 'GET' || endpoint.permission === 'public' ? [] : [409]),
  ];
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(statuses.map((status) => [status, { description: PROBLEMS[status], content }]));
}

function security({ permission, method }: Endpoint): Json {
  if (permission === 'public') return { security: [] };
  const cookie = method === 'GET' ? { cookie: [] } : { cookie: [], csrf: [] };
  const { [permission]: roles } = PERMISSIONS;
  return { security: [{ bearer: [] }, cookie], 'x-permission': permission, 'x-roles': [...roles] };
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query', components: Json): Json[] {
  if (!schema) return [];
  const object = objectSchema.parse(schemaOf(schema, 'input', components));
  return Object.entries(object.properties).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      in: place,
      required: place === 'path' || object.required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
      ...(rest.type === 'array' ? { style: 'form', explode: false } : {}),
    };
  });
}

const objectSchema = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())),
  required: z.array(z.string()).default([]),
});

/** JSON Schema of a zod schema; schemas with an id of their own are moved to the components and referred to. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const {
    $schema: _,
    $defs = {},
    ...json
  } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ jsonSchema }) => simplify(jsonSchema, io),
  });
  for (const [name, definition] of Object.entries($defs)) components[name] = refer(cleaned(definition));
  const id = schema.meta()?.id;
  if (id === undefined) return refer(cleaned(json));
  // With an id of its own it stands among the definitions already, and `json` does no more than refer to it.
  if (!Object.hasOwn($defs, id)) components[id] = refer(cleaned(json));
  return { $ref: `#/components/schemas/${id}` };
}

/** Leaves out what only repeats a format or a type, and lets answers grow: clients must not refuse a new field. */
function simplify(schema: z.core.JSONSchema.BaseSchema, io: 'input' | 'output'): void {
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
}

const anyRecord = z.record(z.string(), z.unknown());

function cleaned(definition: unknown): Json {
  const { id: _, ...json } = anyRecord.parse(definition);
  return json;
}

/** `#/$defs/X` → `#/components/schemas/X`, at any depth. */
function refer(value: Json): Json {
  const text = JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/');
  return anyRecord.parse(JSON.parse(text));
}

/** The committed file's text. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}
