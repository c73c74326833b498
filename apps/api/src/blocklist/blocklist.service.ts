import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import {
  MAX_BLOCKLIST_ALLOWED,
  MAX_BLOCKLIST_ENTRIES,
  type AllowedPrefix,
  type AutomaticBlock,
  type BlocklistEntry,
  type BlocklistSettings,
  type endpoints,
  type ParsedOf,
  type ResponseOf,
} from '@parapet/contracts';
import { violatedUnique, type TenantTx } from '@parapet/db';
import { ConflictError, NotFoundError, ValidationError } from '@parapet/errors';
import { encodeCursor } from '@parapet/eventstore';
import { AlertsRepository } from '../alerts/alerts.repository.js';
import type { ApiSettings } from '../core/api-settings.js';
import { AuditService } from '../core/audit.service.js';
import { SETTINGS } from '../core/tokens.js';
import { cursorParam } from '../http/cursor-param.js';
import { API_PATH } from '../http/handles.js';
import type { Principal } from '../http/principal.js';
import { normalizeCidr } from '../sources/cidr.js';
import { lockList, protectionOf, roomLeft, writeEntries } from './blocklist-sql.js';
import { newBlocklistToken } from './blocklist-token.js';
import { BlocklistRepository } from './blocklist.repository.js';

const HOUR_MS = 3_600_000;
/** Creation time (epoch ms) and id of a page's last entry. */
const cursorSchema = z.tuple([z.int(), z.uuid()]);

/** What a tenant blocks, what it never does, and when it does so by itself. */
@Injectable()
export class BlocklistService {
  constructor(
    private readonly blocklist: BlocklistRepository,
    private readonly alerts: AlertsRepository,
    private readonly audit: AuditService,
    @Inject(SETTINGS) private readonly apiSettings: ApiSettings,
  ) {}

  async list(
    { tenantId }: Principal,
    { limit, cursor, ...filter }: ParsedOf<typeof endpoints.listBlocklist>['query'],
  ): Promise<ResponseOf<typeof endpoints.listBlocklist>> {
    const after = cursorParam(cursor, cursorSchema);
    const [found, total, protection] = await Promise.all([
      this.blocklist.list(tenantId, filter, limit + 1, after),
      this.blocklist.count(tenantId, filter),
      this.blocklist.protection(tenantId),
    ]);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const more = found.length > limit && last;
    return {
      items: page.map((entry) => ({ ...entry, withheld: protection.withholds(entry.prefix) })),
      nextCursor: more ? encodeCursor([Date.parse(last.createdAt), last.id]) : null,
      total,
    };
  }

  /** @throws ValidationError when it may not be blocked, NotFoundError of the alert, ConflictError when the list is full. */
  async block(
    caller: Principal,
    body: ParsedOf<typeof endpoints.createBlock>['body'],
  ): Promise<BlocklistEntry> {
    const { tenantId } = caller;
    const prefix = prefixOf(body.prefix);
    const { reason, alertId = null, allowPrivate, hours } = body;
    const expiresAt = hours === null ? null : new Date(Date.now() + hours * HOUR_MS);
    const origin = alertId === null ? ('manual' as const) : ('alert' as const);
    const id = await this.blocklist.within(tenantId, async (tx) => {
      const rows = this.blocklist.rowsOf(tx);
      if (alertId !== null && !(await this.blocklist.alertExists(tx, alertId)))
        throw new NotFoundError('alert');
      await lockList(rows, tenantId);
      const refusal = (await protectionOf(rows, tenantId)).refusal(prefix, allowPrivate);
      if (refusal !== undefined)
        throw new ValidationError([{ path: 'body.prefix', message: `${prefix} ${refusal}` }]);
      if ((await roomLeft(rows, tenantId)) <= 0)
        throw new ConflictError(`The list has ${MAX_BLOCKLIST_ENTRIES} entries already. Remove some first.`);
      const entry = { prefix, reason, origin, alertId, allowPrivate, createdBy: caller.userId, expiresAt };
      const [written] = await writeEntries(rows, tenantId, [entry], 'replace');
      if (!written) throw new NotFoundError('entry');
      const until = expiresAt?.toISOString() ?? null;
      const details = { prefix, reason, origin, alertId, allowPrivate, expiresAt: until };
      await this.audit.record(tx, caller, { action: 'blocklist.blocked', target: prefix, details });
      if (alertId !== null) await this.noteAtAlert(tx, caller, alertId, prefix, hours);
      return written.id;
    });
    return this.entry(tenantId, id);
  }

  /** @throws NotFoundError */
  async unblock(caller: Principal, id: string): Promise<void> {
    await this.blocklist.within(caller.tenantId, async (tx) => {
      const removed = await this.blocklist.delete(tx, id);
      if (!removed) throw new NotFoundError('entry');
      const { prefix } = removed;
      await this.audit.record(tx, caller, {
        action: 'blocklist.unblocked',
        target: prefix,
        details: removed,
      });
    });
  }

  async settings({ tenantId }: Principal): Promise<BlocklistSettings> {
    const [stored, entries] = await Promise.all([
      this.blocklist.settings(tenantId),
      this.blocklist.count(tenantId),
    ]);
    return { ...stored, entries, maxEntries: MAX_BLOCKLIST_ENTRIES };
  }

  async changeSettings(caller: Principal, automatic: AutomaticBlock): Promise<BlocklistSettings> {
    const settings = { ...automatic, detectors: [...new Set(automatic.detectors)] };
    await this.blocklist.within(caller.tenantId, async (tx) => {
      await this.blocklist.changeAutomatic(tx, caller.tenantId, settings);
      await this.audit.record(tx, caller, { action: 'blocklist.settings_changed', details: settings });
    });
    return this.settings(caller);
  }

  async renewToken(caller: Principal): Promise<ResponseOf<typeof endpoints.renewBlocklistToken>> {
    const made = newBlocklistToken();
    await this.blocklist.within(caller.tenantId, async (tx) => {
      await this.blocklist.changeToken(tx, caller.tenantId, made);
      const details = { prefix: made.prefix };
      await this.audit.record(tx, caller, { action: 'blocklist.token_renewed', details });
    });
    const { token } = made;
    return { token, url: `${this.apiSettings.PUBLIC_URL}${API_PATH}/blocklist.txt?token=${token}` };
  }

  /** Doing it again changes nothing. */
  async endToken(caller: Principal): Promise<void> {
    await this.blocklist.within(caller.tenantId, async (tx) => {
      await this.blocklist.changeToken(tx, caller.tenantId, null);
      await this.audit.record(tx, caller, { action: 'blocklist.token_ended' });
    });
  }

  async allowed({ tenantId }: Principal): Promise<ResponseOf<typeof endpoints.listAllowed>> {
    return { items: await this.blocklist.allowed(tenantId), nextCursor: null };
  }

  /** @throws ValidationError, ConflictError */
  async allow(
    caller: Principal,
    body: ParsedOf<typeof endpoints.createAllowed>['body'],
  ): Promise<AllowedPrefix> {
    const { tenantId, userId } = caller;
    const given = { prefix: prefixOf(body.prefix), note: body.note };
    try {
      const id = await this.blocklist.within(tenantId, async (tx) => {
        await lockList(this.blocklist.rowsOf(tx), tenantId);
        if ((await this.blocklist.countAllowed(tx)) >= MAX_BLOCKLIST_ALLOWED)
          throw new ConflictError(`The allow-list has ${MAX_BLOCKLIST_ALLOWED} prefixes already.`);
        const made = await this.blocklist.allow(tx, tenantId, { ...given, createdBy: userId });
        const entry = { action: 'blocklist.allowed', target: given.prefix, details: given };
        await this.audit.record(tx, caller, entry);
        return made;
      });
      const found = (await this.blocklist.allowed(tenantId)).find((each) => each.id === id);
      if (!found) throw new NotFoundError('prefix');
      return found;
    } catch (error) {
      if (violatedUnique(error) === 'blocklist_allowed_tenant_id_prefix_key')
        throw new ConflictError(`${given.prefix} is on the allow-list already.`);
      throw error;
    }
  }

  /** @throws NotFoundError */
  async disallow(caller: Principal, id: string): Promise<void> {
    await this.blocklist.within(caller.tenantId, async (tx) => {
      const removed = await this.blocklist.disallow(tx, id);
      if (!removed) throw new NotFoundError('prefix');
      const entry = { action: 'blocklist.disallowed', target: removed.prefix, details: removed };
      await this.audit.record(tx, caller, entry);
    });
  }

  private async entry(tenantId: string, id: string): Promise<BlocklistEntry> {
    const entry = await this.blocklist.find(tenantId, id);
    if (!entry) throw new NotFoundError('entry');
    return { ...entry, withheld: false };
  }

  private async noteAtAlert(
    tx: TenantTx,
    caller: Principal,
    alertId: string,
    prefix: string,
    hours: number | null,
  ): Promise<void> {
    const note = `${prefix} blocked ${hours === null ? 'until it is removed' : `for ${hours} h`}.`;
    await this.alerts.addHistory(tx, caller, alertId, [{ action: 'note', note }]);
    await this.alerts.announceUpdate(tx, caller.tenantId, alertId);
  }
}

/** @throws ValidationError */
function prefixOf(text: string): string {
  const prefix = normalizeCidr(text);
  if (prefix === undefined)
    throw new ValidationError([{ path: 'body.prefix', message: 'is no address or prefix' }]);
  return prefix;
}
