import { ParapetError } from '@parapet/errors';

/** What a feed answered is not what was agreed. The message is shown beside the feed. */
export class FeedContentError extends ParapetError {
  readonly code = 'validation_failed';
  readonly status = 400;
}
