import type { IntelFeed, IntelFeedKind, IntelType } from '@parapet/contracts';

export const TYPE_TITLES: Record<IntelType, string> = {
  address: 'Address',
  domain: 'Domain',
  url: 'URL',
  file_hash: 'File hash',
};
export const TYPE_ITEMS = Object.entries(TYPE_TITLES).map(([value, title]) => ({ value, title }));

const KIND_TITLES: Record<IntelFeedKind, string> = {
  plain: 'Plain list',
  csv: 'CSV',
  stix: 'STIX 2.1 bundle',
  taxii: 'TAXII 2.1 collection',
  misp: 'MISP JSON',
};
export const kindTitle = (kind: IntelFeedKind) => KIND_TITLES[kind];
export const KIND_ITEMS = Object.entries(KIND_TITLES).map(([value, title]) => ({ value, title }));

export const AUTH_ITEMS = [
  { value: 'none', title: 'None' },
  { value: 'basic', title: 'User and password' },
  { value: 'bearer', title: 'Token' },
];
export const DELIMITER_ITEMS = [
  { value: ',', title: 'Comma' },
  { value: ';', title: 'Semicolon' },
  { value: '\t', title: 'Tab' },
  { value: '|', title: 'Bar' },
];

/** How a feed is, in a word, and how bad that is. */
export function healthOf(feed: IntelFeed): { text: string; tone: 'ok' | 'warn' | 'error' | 'muted' } {
  if (!feed.enabled) return { text: 'Off', tone: 'muted' };
  if (feed.running) return { text: 'Fetching', tone: 'muted' };
  if (feed.lastError !== null) return { text: 'Failing', tone: 'error' };
  if (feed.lastSuccessAt === null)
    return { text: feed.url === null ? 'Nothing uploaded' : 'Waiting', tone: 'warn' };
  return { text: 'Healthy', tone: 'ok' };
}
