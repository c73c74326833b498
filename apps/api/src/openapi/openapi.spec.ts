import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { endpoints, type Endpoint } from '@parapet/contracts';
import { openApiDocument, openApiText } from './openapi.js';

const operationSchema = z.object({
  operationId: z.string(),
  'x-permission': z.string().optional(),
  responses: z.record(z.string(), z.unknown()),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

describe('OpenAPI', () => {
  const document = documentSchema.parse(openApiDocument());
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

  it('is committed as the schemas are now (`npm run openapi` writes it)', () => {
    expect(readFileSync('openapi.json', 'utf8')).toBe(openApiText());
  });

  it('has every endpoint once, with its permission', () => {
    const table = Object.values<Endpoint>(endpoints);
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(table.map(({ id }) => id).sort());
    for (const { id, permission } of table) {
      const operation = operations.find(({ operationId }) => operationId === id);
      expect(operation?.['x-permission']).toBe(permission === 'public' ? undefined : permission);
    }
  });

  it('says what each schema is; none refers to itself alone', () => {
    for (const [name, schema] of Object.entries(document.components.schemas))
      expect(schema).not.toEqual({ $ref: `#/components/schemas/${name}` });
  });

  it('refers to nothing that is not there', () => {
    const names = [...openApiText().matchAll(/"#\/([^"]*)"/g)].map(([, path]) => path);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      expect(Object.keys(document.components.schemas).map((key) => `components/schemas/${key}`)).toContain(
        name,
      );
    }
  });
});
