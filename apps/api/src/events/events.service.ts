import { Injectable } from '@nestjs/common';
import type { endpoints, ParsedOf, ResponseOf } from '@parapet/contracts';
import { NotFoundError } from '@parapet/errors';
import { EventReader, timeCursorSchema } from '@parapet/eventstore';
import { cursorParam } from '../http/cursor-param.js';
import type { Principal } from '../http/principal.js';

@Injectable()
export class EventsService {
  constructor(private readonly events: EventReader) {}

  /** @throws ValidationError for a foreign cursor. */
  list(
    { tenantId }: Principal,
    { limit, cursor, ...filter }: ParsedOf<typeof endpoints.listEvents>['query'],
  ): Promise<ResponseOf<typeof endpoints.listEvents>> {
    return this.events.list(tenantId, filter, limit, cursorParam(cursor, timeCursorSchema));
  }

  /** @throws NotFoundError */
  async get({ tenantId }: Principal, id: string): Promise<ResponseOf<typeof endpoints.getEvent>> {
    const event = await this.events.get(tenantId, id);
    if (!event) throw new NotFoundError('event');
    return event;
  }

  histogram(
    { tenantId }: Principal,
    { buckets, ...filter }: ParsedOf<typeof endpoints.eventHistogram>['query'],
  ): Promise<ResponseOf<typeof endpoints.eventHistogram>> {
    return this.events.histogram(tenantId, filter, buckets);
  }
}
