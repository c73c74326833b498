import { Inject, Injectable } from '@nestjs/common';
import type { ApiSettings } from '../core/api-settings.js';
import { SecretBox } from '../core/secret-box.js';
import { SETTINGS } from '../core/tokens.js';
import type { FeedRow } from './feed-row.js';

/** Passwords and tokens of feeds, sealed for the database. */
@Injectable()
export class FeedSecrets {
  private readonly box: SecretBox;

  constructor(@Inject(SETTINGS) settings: ApiSettings) {
    this.box = new SecretBox(settings.JWT_SECRET, 'parapet intel feed secrets v1');
  }

  seal(secret: string, feedId: string): Buffer<ArrayBuffer> {
    return this.box.seal(secret, feedId);
  }

  /** @throws UnsealError */
  of({ id, secret }: Pick<FeedRow, 'id' | 'secret'>): string | null {
    return secret === null ? null : this.box.open(secret, id);
  }
}

/** The header Authorization (RFC 7617, RFC 6750), or null. */
export function authorizationOf(
  feed: Pick<FeedRow, 'auth' | 'auth_user'>,
  secret: string | null,
): string | null {
  if (secret === null || feed.auth === 'none') return null;
  if (feed.auth === 'bearer') return `Bearer ${secret}`;
  return `Basic ${Buffer.from(`${feed.auth_user ?? ''}:${secret}`).toString('base64')}`;
}
