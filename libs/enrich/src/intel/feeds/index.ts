import type { CsvOptions, IntelFeedKind } from '@parapet/contracts';
import { readCsv } from './csv.js';
import { readMisp } from './misp.js';
import { readPlain } from './plain.js';
import type { Reading, UnreadableFeed } from './reading.js';
import { readStix } from './stix.js';

type Reader = (text: string, csv: CsvOptions | undefined) => Iterable<Reading | UnreadableFeed>;

function* json(
  text: string,
  read: (document: unknown) => Iterable<Reading | UnreadableFeed>,
): Generator<Reading | UnreadableFeed> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return yield { unreadable: 'this is no JSON' };
  }
  yield* read(document);
}

const READERS: Record<IntelFeedKind, Reader> = {
  plain: readPlain,
  csv: (text, csv) => (csv ? readCsv(text, csv) : [{ unreadable: 'no columns are chosen' }]),
  stix: (text) => json(text, readStix),
  taxii: (text) => json(text, readStix),
  misp: (text) => json(text, readMisp),
};

/**
 * Reads what a feed answered, entry by entry and on demand. Everything in it is taken for hostile: sizes are bounded, an entry that is
 * no indicator is told with its reason, and an `UnreadableFeed` is the last thing that comes.
 */
export function readFeed(
  kind: IntelFeedKind,
  text: string,
  csv?: CsvOptions,
): Iterable<Reading | UnreadableFeed> {
  return READERS[kind](text, csv);
}
