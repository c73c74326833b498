import { parseIp, type NormalizedEvent } from '@parapet/contracts';
import { isReserved } from '../reserved.js';
import type { Found, IndicatorTable } from './indicator-table.js';
import { normalizeUrl } from './url.js';
import { hostOfUrl } from './value.js';

/** A feed, as an event that matched names it. */
export interface IntelFeedInfo {
  id: string;
  name: string;
}

/** A table and the feeds that its rows point to. */
export interface IntelSet {
  table: IndicatorTable;
  feeds: readonly IntelFeedInfo[];
}

/** What one tenant has: its own indicators, and what it never wants to hear of. */
export interface TenantIntel {
  own?: IntelSet;
  allowed?: IndicatorTable;
}

/** What an event met: the indicator, whose it is, and where in the event. */
export interface IntelMatch {
  found: Found;
  feed: IntelFeedInfo;
  field: string;
  /** The event's text. */
  atomic: string;
}

/** ECS `threat.indicator.confidence` of a number 0–100, by the scale of STIX 2.1, appendix A. */
export function ecsConfidence(confidence: number): 'None' | 'Low' | 'Medium' | 'High' {
  return confidence >= 70 ? 'High' : confidence >= 30 ? 'Medium' : confidence >= 1 ? 'Low' : 'None';
}

/** One event against the indicators of its tenant and those that the operator shares with all. */
class Search {
  best: IntelMatch | undefined;

  constructor(
    private readonly sets: readonly IntelSet[],
    private readonly allowed: IndicatorTable | undefined,
    /** Epoch seconds. */
    private readonly at: number,
  ) {}

  address(field: string, text: unknown): void {
    if (typeof text !== 'string') return;
    const ip = parseIp(text);
    if (ip === undefined) return;
    let reserved: boolean | undefined;
    for (const set of this.sets) {
      const found = set.table.address(ip, this.at);
      if (found === undefined || (reserved ??= isReserved(ip))) continue;
      if (this.allowed?.address(ip, this.at) === undefined) this.take(set, found, field, text);
    }
  }

  domain(field: string, text: unknown): void {
    if (typeof text !== 'string') return;
    for (const set of this.sets) {
      const found = set.table.domain(text, this.at);
      if (found && this.allowed?.domain(text, this.at) === undefined) this.take(set, found, field, text);
    }
    // A URL's host may be an address.
    const last = text.charCodeAt(text.length - 1);
    if ((last >= 48 && last <= 57) || text.includes(':')) this.address(field, text);
  }

  url(field: string, text: unknown, host: unknown): void {
    if (typeof text !== 'string') return;
    const whole = text.startsWith('/') && typeof host === 'string' ? `http://${host}${text}` : text;
    const url = normalizeUrl(whole);
    if (url === undefined) return;
    for (const set of this.sets) {
      const found = set.table.url(url, this.at);
      if (found && !this.isAllowedUrl(url)) this.take(set, found, field, text);
    }
  }

  fileHash(field: string, text: unknown): void {
    if (typeof text !== 'string') return;
    for (const set of this.sets) {
      const found = set.table.fileHash(text, this.at);
      if (found && this.allowed?.fileHash(text, this.at) === undefined) this.take(set, found, field, text);
    }
  }

  private isAllowedUrl(url: string): boolean {
    if (this.allowed === undefined) return false;
    const host = hostOfUrl(url);
    const ip = parseIp(host);
    return (
      this.allowed.url(url, this.at) !== undefined ||
      (ip ? this.allowed.address(ip, this.at) : this.allowed.domain(host, this.at)) !== undefined
    );
  }

  private take({ feeds }: IntelSet, found: Found, field: string, atomic: string): void {
    if (this.best !== undefined && this.best.found.confidence >= found.confidence) return;
    const feed = feeds[found.feed];
    if (feed !== undefined) this.best = { found, feed, field, atomic };
  }
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

/**
 * Threat intelligence of all tenants. A tenant's events meet its own indicators and the operator's; nobody's meet another tenant's.
 */
export class Intel {
  constructor(
    private readonly tenants: ReadonlyMap<string, TenantIntel> = new Map(),
    private readonly shared?: IntelSet,
  ) {}

  /** The indicator with the highest confidence that an event mentions, valid at the event's own time. */
  match(event: NormalizedEvent): IntelMatch | undefined {
    const tenant = this.tenants.get(event.tenantId);
    const sets: IntelSet[] = [];
    if (tenant?.own !== undefined) sets.push(tenant.own);
    if (this.shared !== undefined) sets.push(this.shared);
    if (sets.length === 0) return undefined;
    const search = new Search(sets, tenant?.allowed, Math.floor(event['@timestamp'] / 1000));
    search.address('source.ip', event['source.ip']);
    search.address('destination.ip', event['destination.ip']);
    search.domain('dns.question.name', event['dns.question.name']);
    search.domain('destination.domain', event['destination.domain']);
    search.domain('url.domain', event['url.domain']);
    search.domain('source.domain', event['source.domain']);
    search.url('url.full', event['url.full'], undefined);
    search.url('url.original', event['url.original'], event['url.domain']);
    search.fileHash('file.hash.sha256', event['file.hash.sha256']);
    search.fileHash('file.hash.sha1', event['file.hash.sha1']);
    search.fileHash('file.hash.md5', event['file.hash.md5']);
    search.fileHash('process.hash.sha256', event['process.hash.sha256']);
    search.fileHash('process.hash.sha1', event['process.hash.sha1']);
    search.fileHash('process.hash.md5', event['process.hash.md5']);
    return search.best;
  }

  /**
   * Adds `threat.indicator.*` (ECS) of the best indicator, `threat.enrichments.matched.*` (which field had which text), and
   * `parapet.intel_feed_id`, which alerts are made of: it is never a sender's own word. Names are spelled out because computed ones make
   * the event slow.
   */
  enrich(event: NormalizedEvent): void {
    if (event['parapet.intel_feed_id'] !== undefined) event['parapet.intel_feed_id'] = undefined;
    const match = this.match(event);
    if (match === undefined) return;
    const { found, feed } = match;
    event['parapet.intel_feed_id'] = feed.id;
    event['threat.indicator.name'] = found.value;
    event['threat.indicator.confidence'] = ecsConfidence(found.confidence);
    event['threat.indicator.provider'] = feed.name;
    event['threat.feed.name'] = feed.name;
    if (found.firstSeen !== undefined) event['threat.indicator.first_seen'] = iso(found.firstSeen);
    if (found.lastSeen !== undefined) event['threat.indicator.last_seen'] = iso(found.lastSeen);
    event['threat.enrichments.matched.field'] = match.field;
    event['threat.enrichments.matched.atomic'] = match.atomic;
    if (found.type === 'address') {
      event['threat.indicator.type'] = found.value.includes(':') ? 'ipv6-addr' : 'ipv4-addr';
      event['threat.indicator.ip'] = match.atomic;
    } else if (found.type === 'domain') {
      event['threat.indicator.type'] = 'domain-name';
      event['threat.indicator.url.domain'] = found.value;
    } else if (found.type === 'url') {
      event['threat.indicator.type'] = 'url';
      event['threat.indicator.url.full'] = found.value;
    } else {
      event['threat.indicator.type'] = 'file';
      if (found.value.length === 64) event['threat.indicator.file.hash.sha256'] = found.value;
      else if (found.value.length === 40) event['threat.indicator.file.hash.sha1'] = found.value;
      else event['threat.indicator.file.hash.md5'] = found.value;
    }
  }
}
