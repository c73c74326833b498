import { Injectable } from '@nestjs/common';
import { toWireEvent, type endpoints, type ParsedOf, type ResponseOf } from '@parapet/contracts';
import { newId } from '@parapet/db';
import { parseFrame } from '@parapet/normalize';
import { AssetsService } from '../assets/assets.service.js';
import type { Principal } from '../http/principal.js';
import { ParsersService } from '../parsers/parsers.service.js';

@Injectable()
export class LogsService {
  constructor(
    private readonly parsers: ParsersService,
    private readonly assets: AssetsService,
  ) {}

  /**
   * What the ingestor would make of lines. Locations are left out: their database is the ingestor's, and too large to be held twice.
   * @throws ValidationError for a type that there is not
   */
  async parse(
    { tenantId }: Principal,
    { lines, sourceType, timeZone }: ParsedOf<typeof endpoints.parseLogs>['body'],
  ): Promise<ResponseOf<typeof endpoints.parseLogs>> {
    await this.parsers.assertType(tenantId, sourceType, 'body.sourceType');
    const parsers = await this.parsers.compiled(tenantId);
    const assets = await this.assets.table(tenantId);
    const receivedAt = Date.now();
    const items = lines.map((line) => {
      const fields = parseFrame(Buffer.from(line), { receivedAt, timeZone, sourceType, parsers });
      const event = { ...fields, id: newId(), tenantId, 'event.ingested': receivedAt };
      assets.enrich(event);
      return toWireEvent(event);
    });
    return { items };
  }
}
