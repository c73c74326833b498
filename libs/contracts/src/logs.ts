import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { wireEventSchema } from './event.js';
import { sourceTypeSchema, timeZoneSchema } from './sources.js';

export const parseLogs = endpoint({
  id: 'parseLogs',
  method: 'POST',
  path: '/logs/parse',
  summary:
    'What the ingestor would make of lines: the normalised events, with the tenant’s parsers and assets, without locations. Nothing is stored.',
  permission: 'logs:parse',
  body: z
    .object({
      lines: z.array(z.string().max(65_536)).max(1000),
      sourceType: sourceTypeSchema.default('auto'),
      timeZone: timeZoneSchema.default('UTC'),
    })
    .strict(),
  bodyLimit: 4 * 1024 * 1024,
  response: z.object({ items: z.array(wireEventSchema).describe('one a line, in their order') }),
});
