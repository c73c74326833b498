import { Injectable } from '@nestjs/common';
import type { endpoints, NotificationChannel, ParsedOf, ResponseOf } from '@parapet/contracts';
import type { TenantTx } from '@parapet/db';
import { ConflictError, NotFoundError } from '@parapet/errors';
import { AuditService } from '../core/audit.service.js';
import type { Principal } from '../http/principal.js';
import { ChannelsRepository } from './channels.repository.js';

/** Each alert is looked at for each channel, and a list fits on one page. */
const MAX_CHANNELS = 50;

@Injectable()
export class ChannelsService {
  constructor(
    private readonly channels: ChannelsRepository,
    private readonly audit: AuditService,
  ) {}

  async list({ tenantId }: Principal): Promise<ResponseOf<typeof endpoints.listChannels>> {
    return { items: await this.channels.list(tenantId), nextCursor: null };
  }

  /** @throws ConflictError when there are as many channels as may be. */
  create(
    caller: Principal,
    body: ParsedOf<typeof endpoints.createChannel>['body'],
  ): Promise<NotificationChannel> {
    const settings = { ...body, recipients: distinct(body.recipients) };
    return this.channels.within(caller.tenantId, async (tx) => {
      if ((await this.channels.count(tx)) >= MAX_CHANNELS) {
        throw new ConflictError(`There are ${MAX_CHANNELS} channels already. Remove one first.`);
      }
      const id = await this.channels.create(tx, caller.tenantId, settings);
      await this.audit.record(tx, caller, { action: 'channel.created', target: id, details: settings });
      return this.existing(tx, id);
    });
  }

  /** @throws NotFoundError */
  update(
    caller: Principal,
    id: string,
    body: ParsedOf<typeof endpoints.updateChannel>['body'],
  ): Promise<NotificationChannel> {
    const change = body.recipients ? { ...body, recipients: distinct(body.recipients) } : body;
    return this.channels.within(caller.tenantId, async (tx) => {
      if (!(await this.channels.change(tx, id, change))) throw new NotFoundError('channel');
      await this.audit.record(tx, caller, { action: 'channel.updated', target: id, details: change });
      return this.existing(tx, id);
    });
  }

  /** @throws NotFoundError */
  delete(caller: Principal, id: string): Promise<void> {
    return this.channels.within(caller.tenantId, async (tx) => {
      const { name } = await this.existing(tx, id);
      await this.channels.delete(tx, id);
      await this.audit.record(tx, caller, { action: 'channel.deleted', target: id, details: { name } });
    });
  }

  private async existing(tx: TenantTx, id: string): Promise<NotificationChannel> {
    const channel = await this.channels.find(tx, id);
    if (!channel) throw new NotFoundError('channel');
    return channel;
  }
}

/** An address is told once, in whichever case it is written. The first spelling stays. */
function distinct(recipients: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const address of recipients) {
    const key = address.toLowerCase();
    if (!found.has(key)) found.set(key, address);
  }
  return [...found.values()];
}
