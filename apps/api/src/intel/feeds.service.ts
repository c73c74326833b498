import { Injectable } from '@nestjs/common';
import {
  MOST_INTEL_FEEDS,
  PREVIEW_CHARACTERS,
  type endpoints,
  type IntelFeed,
  type ParsedOf,
  type ResponseOf,
} from '@parapet/contracts';
import { violatedUnique } from '@parapet/db';
import { csvSample, readFeed } from '@parapet/enrich';
import { ConflictError, NotFoundError, ParapetError, ValidationError } from '@parapet/errors';
import { AuditService } from '../core/audit.service.js';
import type { Principal } from '../http/principal.js';
import { FeedFetcher } from './feed-fetcher.js';
import { FeedLoader } from './feed-loader.js';
import { feedOf, type FeedRow } from './feed-row.js';
import { FeedSecrets } from './feed-secrets.js';
import { FeedsRepository, type FeedSettings } from './feeds.repository.js';
import { loadable, RefreshService } from './refresh.service.js';

const SHOWN = 20;
/** Entries of a preview that are looked at. */
const MOST_PREVIEWED = 2000;

type Input = ParsedOf<typeof endpoints.createIntelFeed>['body'];
type Change = ParsedOf<typeof endpoints.updateIntelFeed>['body'];
type Preview = ResponseOf<typeof endpoints.previewIntelFeed>;

@Injectable()
export class FeedsService {
  constructor(
    private readonly feeds: FeedsRepository,
    private readonly fetcher: FeedFetcher,
    private readonly loader: FeedLoader,
    private readonly secrets: FeedSecrets,
    private readonly refreshes: RefreshService,
    private readonly audit: AuditService,
  ) {}

  async list({ tenantId }: Principal): Promise<ResponseOf<typeof endpoints.listIntelFeeds>> {
    return { items: (await this.feeds.list(tenantId)).map(feedOf), nextCursor: null };
  }

  /** @throws NotFoundError */
  async get({ tenantId }: Principal, id: string): Promise<IntelFeed> {
    return feedOf(await this.row(tenantId, id));
  }

  /** @throws ValidationError, EgressRefusedError, ConflictError */
  async create(caller: Principal, { kind, secret, ...given }: Input): Promise<IntelFeed> {
    const id = this.feeds.newId();
    const sealed = secret === undefined ? null : this.secrets.seal(secret, id);
    const settings = this.checked(kind, { ...given, secret: sealed });
    await this.naming(settings.name, () =>
      this.feeds.within(caller.tenantId, async (tx) => {
        if ((await this.feeds.count(tx)) >= MOST_INTEL_FEEDS)
          throw new ConflictError(`A tenant has at most ${MOST_INTEL_FEEDS} feeds.`);
        await this.feeds.create(tx, caller.tenantId, id, kind, settings);
        const details = { name: settings.name, kind, host: hostOf(settings.url) };
        await this.audit.record(tx, caller, { action: 'intel_feed.created', target: id, details });
      }),
    );
    this.refreshes.nudge();
    return this.get(caller, id);
  }

  /** @throws NotFoundError, ValidationError, EgressRefusedError, ConflictError */
  async update(caller: Principal, id: string, { secret, ...change }: Change): Promise<IntelFeed> {
    const before = await this.row(caller.tenantId, id);
    const merged = { ...settingsOf(before), ...change };
    // A secret goes where it was meant to go, and nowhere else.
    if (merged.auth !== 'none' && secret === undefined && hostOf(merged.url) !== hostOf(before.url))
      throw invalid('secret', 'must be given again for another server');
    if (secret !== undefined) merged.secret = this.secrets.seal(secret, id);
    const settings = this.checked(before.kind, merged);
    const anew =
      secret !== undefined ||
      (['url', 'csv', 'auth', 'authUser', 'confidence', 'validDays'] as const).some(
        (key) => change[key] !== undefined,
      );
    await this.naming(settings.name, () =>
      this.feeds.within(caller.tenantId, async (tx) => {
        if (!(await this.feeds.change(tx, id, settings, anew))) throw new NotFoundError('feed');
        const details = { changed: [...Object.keys(change), ...(secret === undefined ? [] : ['secret'])] };
        await this.audit.record(tx, caller, { action: 'intel_feed.updated', target: id, details });
      }),
    );
    this.refreshes.nudge();
    return this.get(caller, id);
  }

  /** @throws NotFoundError */
  async delete(caller: Principal, id: string): Promise<void> {
    const { name } = await this.row(caller.tenantId, id);
    await this.feeds.within(caller.tenantId, async (tx) => {
      if (!(await this.feeds.delete(tx, id))) throw new NotFoundError('feed');
      await this.audit.record(tx, caller, { action: 'intel_feed.deleted', target: id, details: { name } });
    });
  }

  /** @throws NotFoundError, ConflictError */
  async refresh(caller: Principal, id: string): Promise<IntelFeed> {
    const feed = await this.row(caller.tenantId, id);
    if (feed.url === null) throw new ConflictError('This feed has no URL; upload its content.');
    if (!feed.enabled) throw new ConflictError('This feed is switched off.');
    await this.feeds.within(caller.tenantId, async (tx) => {
      if (!(await this.feeds.hurry(tx, id))) throw new NotFoundError('feed');
      await this.audit.record(tx, caller, { action: 'intel_feed.refreshed', target: id });
    });
    this.refreshes.nudge();
    return this.get(caller, id);
  }

  /** @throws NotFoundError, ConflictError, FeedContentError */
  async upload(caller: Principal, id: string, text: string): Promise<IntelFeed> {
    const feed = await this.row(caller.tenantId, id);
    if (feed.url !== null) throw new ConflictError('This feed is fetched from its URL.');
    await this.loader.load(caller.tenantId, loadable(feed), [text]);
    await this.feeds.succeeded(caller.tenantId, id, { etag: null, lastModified: null });
    const after = await this.get(caller, id);
    await this.feeds.within(caller.tenantId, (tx) =>
      this.audit.record(tx, caller, {
        action: 'intel_feed.uploaded',
        target: id,
        details: { indicators: after.indicators, refused: after.refused },
      }),
    );
    return after;
  }

  /** What would be read; a feed that can't be reached or read is an answer too. */
  async preview({
    kind,
    csv,
    text,
    url,
  }: ParsedOf<typeof endpoints.previewIntelFeed>['body']): Promise<Preview> {
    const preview: Preview = { rows: [], indicators: [], refusals: [], problem: null };
    try {
      const content = text ?? (await this.fetchForPreview(kind, url ?? ''));
      if (kind === 'csv') {
        const rows = csvSample(content, csv?.delimiter ?? ',', SHOWN);
        if ('unreadable' in rows) return { ...preview, problem: rows.unreadable };
        preview.rows = rows.map((row) => row.slice(0, 100).map((cell) => cell.slice(0, 200)));
        if (csv === null) return preview;
      }
      let looked = 0;
      for (const entry of readFeed(kind, content, csv ?? undefined)) {
        if ('unreadable' in entry) preview.problem = entry.unreadable;
        else if ('why' in entry) {
          if (preview.refusals.length < SHOWN) preview.refusals.push(entry);
        } else if (preview.indicators.length < SHOWN)
          preview.indicators.push({ type: entry.type, value: entry.value });
        if (++looked === MOST_PREVIEWED) break;
      }
      return preview;
    } catch (error) {
      if (!(error instanceof ParapetError)) throw error;
      return { ...preview, problem: error.message };
    }
  }

  private async fetchForPreview(kind: IntelFeed['kind'], url: string): Promise<string> {
    if (kind === 'plain' || kind === 'csv') return this.fetcher.beginning(url, PREVIEW_CHARACTERS);
    // JSON can't be read by its beginning.
    const content = await this.fetcher.fetch({
      url,
      taxii: kind === 'taxii',
      authorization: null,
      etag: null,
      lastModified: null,
    });
    return content?.texts[0] ?? '';
  }

  /** @throws NotFoundError */
  private async row(tenantId: string, id: string): Promise<FeedRow> {
    const row = await this.feeds.find(tenantId, id);
    if (!row) throw new NotFoundError('feed');
    return row;
  }

  /** The settings with what does not go together refused, and what no longer counts left out. */
  private checked(kind: IntelFeed['kind'], settings: FeedSettings): FeedSettings {
    const { url, csv, auth, authUser, secret } = settings;
    if (url !== null) this.fetcher.check(url);
    if (kind === 'taxii' && url === null) throw invalid('url', 'a TAXII collection has one');
    if (kind === 'csv' && csv === null) throw invalid('csv', 'say which columns hold what');
    if (auth !== 'none') {
      if (url === null) throw invalid('auth', 'nothing is fetched, so nobody asks for a password');
      if (secret === null) throw invalid('secret', 'give the password or token');
      if (auth === 'basic' && !authUser) throw invalid('authUser', 'give the user’s name');
    }
    return {
      ...settings,
      csv: kind === 'csv' ? csv : null,
      authUser: auth === 'basic' ? authUser : null,
      secret: auth === 'none' ? null : secret,
    };
  }

  private async naming<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (violatedUnique(error) === 'intel_feeds_name')
        throw new ConflictError(`There is a feed “${name}” already.`);
      throw error;
    }
  }
}

const invalid = (field: string, message: string) => new ValidationError([{ path: `body.${field}`, message }]);

const hostOf = (url: string | null) => (url === null ? null : new URL(url).host);

function settingsOf(row: FeedRow): FeedSettings {
  return {
    name: row.name,
    url: row.url,
    csv: row.csv,
    confidence: row.confidence,
    validDays: row.valid_days,
    intervalMinutes: row.interval_minutes,
    enabled: row.enabled,
    auth: row.auth,
    authUser: row.auth_user,
    secret: row.secret === null ? null : new Uint8Array(row.secret),
  };
}
