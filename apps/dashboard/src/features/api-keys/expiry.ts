const DAY_MS = 86_400_000;

/** How long a new key may hold. */
export const EXPIRIES = [
  { value: 0, title: 'Until it is revoked' },
  { value: 30, title: '30 days' },
  { value: 90, title: '90 days' },
  { value: 365, title: 'A year' },
];

/** The end of a key of so many days, ISO 8601; null: it has none. `now`: epoch ms. */
export function expiryOf(days: number, now: number): string | null {
  return days === 0 ? null : new Date(now + days * DAY_MS).toISOString();
}

/** What a scope lets a key do. */
export const SCOPES = [
  { value: 'ingest', title: 'Send logs' },
  { value: 'events:read', title: 'Read events' },
  { value: 'alerts:read', title: 'Read alerts' },
] as const;

export function scopeTitle(scope: string): string {
  return SCOPES.find(({ value }) => value === scope)?.title ?? scope;
}
