import type { Source } from '@parapet/contracts';

/** The kinds of what a source is known by, for a choice. */
export const IDENTITY_KINDS = [
  { value: 'address', title: 'Its address' },
  { value: 'certificate', title: 'Its TLS certificate' },
  { value: 'token', title: 'A token in its messages' },
] as const;

/** What a source is known by, short enough for a table. */
export function identityText(source: Pick<Source, 'cidr' | 'certificateSha256' | 'tokenPrefix'>): string {
  if (source.cidr !== null) return source.cidr;
  if (source.certificateSha256 !== null) return `certificate ${source.certificateSha256.slice(0, 12)}…`;
  return `token ${source.tokenPrefix ?? ''}…`;
}
