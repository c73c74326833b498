import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { CsvOptions } from '@parapet/contracts';
import { confidenceOf, describe, listed, timeOf, type Reading, type UnreadableFeed } from './reading.js';

const PIECE = 128 * 1024;
const LONGEST_RECORD = 16 * 1024;
const QUOTE = 34;
const LINE_FEED = 10;

const recordsSchema = z.array(
  z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }),
);
type Records = z.infer<typeof recordsSchema>;

/** Cuts a text behind line ends that are in no quotes, so that a large file is not parsed in one go. */
function* piecesOf(text: string): Generator<{ piece: string; line: number }> {
  let from = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 0;
  let lines = 0;
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) quoted = !quoted;
    else if (code === LINE_FEED) {
      lines += 1;
      if (quoted || i - from < PIECE) continue;
      yield { piece: text.slice(from, i + 1), line };
      from = i + 1;
      line = lines;
    }
  }
  if (from < text.length) yield { piece: text.slice(from), line };
}

function recordsOf(piece: string, delimiter: string): Records | UnreadableFeed {
  try {
    return recordsSchema.parse(
      parse(piece, {
        delimiter,
        info: true,
        trim: true,
        comment: '#',
        comment_no_infix: true,
        skip_empty_lines: true,
        relax_column_count: true,
        relax_quotes: true,
        max_record_size: LONGEST_RECORD,
      }),
    );
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { unreadable: `this is no CSV: ${error.message.slice(0, 200)}` };
  }
}

/** Rows of a CSV file by the chosen columns. Lines that begin with # are comments. Ends at an `UnreadableFeed`. */
export function* readCsv(text: string, options: CsvOptions): Generator<Reading | UnreadableFeed> {
  const { columns } = options;
  let header = options.header;
  for (const { piece, line } of piecesOf(text)) {
    const records = recordsOf(piece, options.delimiter);
    if ('unreadable' in records) return yield records;
    for (const { record, info } of records) {
      if (header) {
        header = false;
        continue;
      }
      const cell = (column: number | undefined) => (column === undefined ? undefined : record[column]);
      yield listed(line + info.lines, cell(columns.value) ?? '', {
        confidence: confidenceOf(cell(columns.confidence)),
        validUntil: timeOf(cell(columns.validUntil)),
        firstSeen: timeOf(cell(columns.firstSeen)),
        lastSeen: timeOf(cell(columns.lastSeen)),
        description: describe(cell(columns.description)),
      });
    }
  }
}

/** The first rows as they stand, to choose columns by. */
export function csvSample(text: string, delimiter: string, rows: number): string[][] | UnreadableFeed {
  const records: string[][] = [];
  for (const { piece } of piecesOf(text)) {
    const read = recordsOf(piece, delimiter);
    if ('unreadable' in read) return read;
    for (const { record } of read) if (records.push(record) === rows) return records;
  }
  return records;
}
