import { Injectable } from '@nestjs/common';
import {
  roleHas,
  type CreatedChannel,
  type endpoints,
  type NotificationChannel,
  type ParsedOf,
  type ResponseOf,
} from '@parapet/contracts';
import { newId, type TenantTx } from '@parapet/db';
import { ConflictError, NotFoundError, ValidationError } from '@parapet/errors';
import { AuditService, type AuditEntry } from '../core/audit.service.js';
import { EgressRefusedError } from '../egress/errors.js';
import type { Principal } from '../http/principal.js';
import { WebhookSecretError } from '../notifiers/errors.js';
import { newWebhookSecret, shownSecret, WebhookSecrets } from '../notifiers/webhook-secret.js';
import { WebhookSender } from '../notifiers/webhook-sender.js';
import { ChannelsRepository, type ChannelSettings } from './channels.repository.js';
import { TestNotDeliveredError } from './errors.js';

/** Each alert is looked at for each channel, and a list fits on one page. */
const MAX_CHANNELS = 50;

@Injectable()
export class ChannelsService {
  constructor(
    private readonly channels: ChannelsRepository,
    private readonly audit: AuditService,
    private readonly secrets: WebhookSecrets,
    private readonly sender: WebhookSender,
  ) {}

  async list(caller: Principal): Promise<ResponseOf<typeof endpoints.listChannels>> {
    const items = await this.channels.list(caller.tenantId);
    if (roleHas(caller.role, 'notifications:write')) return { items, nextCursor: null };
    return { items: items.map((channel) => ({ ...channel, url: hostOnly(channel.url) })), nextCursor: null };
  }

  /** @throws ConflictError when there are as many channels as may be, ValidationError for a URL that may not be asked. */
  create(caller: Principal, body: ParsedOf<typeof endpoints.createChannel>['body']): Promise<CreatedChannel> {
    const url = body.url === undefined ? undefined : this.checkedUrl(body.url);
    const settings = { ...body, url, recipients: distinct(body.recipients) };
    const secret = body.type === 'webhook' ? newWebhookSecret() : undefined;
    return this.channels.within(caller.tenantId, async (tx) => {
      if ((await this.channels.count(tx)) >= MAX_CHANNELS) {
        throw new ConflictError(`There are ${MAX_CHANNELS} channels already. Remove one first.`);
      }
      const seal = secret && ((channelId: string) => this.secrets.seal(secret, channelId));
      const id = await this.channels.create(tx, caller.tenantId, settings, seal);
      await this.audit.record(tx, caller, {
        action: 'channel.created',
        target: id,
        details: auditDetails(settings),
      });
      return { ...(await this.existing(tx, id)), secret: secret ? shownSecret(secret) : null };
    });
  }

  /** @throws NotFoundError, ValidationError */
  update(
    caller: Principal,
    id: string,
    body: ParsedOf<typeof endpoints.updateChannel>['body'],
  ): Promise<NotificationChannel> {
    const change = {
      ...body,
      ...(body.recipients === undefined ? {} : { recipients: distinct(body.recipients) }),
      ...(body.url === undefined ? {} : { url: this.checkedUrl(body.url) }),
    };
    return this.channels.within(caller.tenantId, async (tx) => {
      const { type } = await this.existing(tx, id);
      if (change.url !== undefined && type !== 'webhook') throw notOf('url', 'an e-mail channel');
      if (change.recipients !== undefined && type !== 'email') throw notOf('recipients', 'a webhook');
      if (!(await this.channels.change(tx, id, change))) throw new NotFoundError('channel');
      await this.audit.record(tx, caller, {
        action: 'channel.updated',
        target: id,
        details: auditDetails(change),
      });
      return this.existing(tx, id);
    });
  }

  /** @throws NotFoundError, ConflictError for a channel that signs nothing. */
  renewSecret(caller: Principal, id: string): Promise<CreatedChannel> {
    const secret = newWebhookSecret();
    return this.channels.within(caller.tenantId, async (tx) => {
      const { type, name } = await this.existing(tx, id);
      if (type !== 'webhook') throw notAWebhook();
      await this.channels.renewSecret(tx, id, this.secrets.seal(secret, id));
      await this.audit.record(tx, caller, {
        action: 'channel.secret_renewed',
        target: id,
        details: { name },
      });
      return { ...(await this.existing(tx, id)), secret: shownSecret(secret) };
    });
  }

  /** Sends a test message, whether the webhook is on or off. @throws NotFoundError, ConflictError, TestNotDeliveredError */
  async test(caller: Principal, id: string): Promise<void> {
    const webhook = await this.channels.findWebhook(caller.tenantId, id);
    if (!webhook) {
      await this.channels.within(caller.tenantId, (tx) => this.existing(tx, id));
      throw notAWebhook();
    }
    const problem = await this.sendTest(id, webhook);
    await this.channels.tested(caller.tenantId, id, problem);
    if (problem !== null) throw new TestNotDeliveredError(problem, false);
  }

  /** @throws NotFoundError */
  delete(caller: Principal, id: string): Promise<void> {
    return this.channels.within(caller.tenantId, async (tx) => {
      const { name } = await this.existing(tx, id);
      await this.channels.delete(tx, id);
      await this.audit.record(tx, caller, { action: 'channel.deleted', target: id, details: { name } });
    });
  }

  private async sendTest(
    channelId: string,
    { url, secret }: { url: string; secret: Uint8Array },
  ): Promise<string | null> {
    const timestamp = new Date().toISOString();
    const body = JSON.stringify({ type: 'test', timestamp, data: { channelId } });
    try {
      const key = this.secrets.open(secret, channelId);
      const result = await this.sender.send(url, key, { id: newId(), body });
      if (result.outcome === 'sent') return null;
      return result.outcome === 'gone' ? 'the receiver answered 410 Gone' : result.problem;
    } catch (error) {
      if (error instanceof WebhookSecretError) return error.message;
      throw error;
    }
  }

  /** R41: the server will send requests there, so it must not lead into our own network. */
  private checkedUrl(url: string): string {
    try {
      this.sender.checkUrl(url);
      return url;
    } catch (error) {
      if (!(error instanceof EgressRefusedError)) throw error;
      throw new ValidationError([{ path: 'body.url', message: error.message }]);
    }
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

/** The path of a webhook is often what gives access to it. */
const hostOnly = (url: string | null) => (url === null ? null : `${new URL(url).origin}/…`);

const notAWebhook = () => new ConflictError('This channel is no webhook.');

const notOf = (field: string, what: string) =>
  new ValidationError([{ path: `body.${field}`, message: `not of ${what}` }]);

/** Everything that was set, but of a URL its host. */
function auditDetails({ url, ...others }: Partial<ChannelSettings>): NonNullable<AuditEntry['details']> {
  return url === undefined ? others : { ...others, host: new URL(url).host };
}
