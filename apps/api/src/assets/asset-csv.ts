import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { assetInputSchema, MOST_IMPORTED_ROWS, type Asset } from '@parapet/contracts';
import { assetValue } from './asset-value.js';

export type AssetInput = Pick<Asset, 'kind' | 'value' | 'name' | 'criticality'>;

/** What a CSV file holds: good rows, and why the others are none. */
export interface AssetRows {
  rows: AssetInput[];
  refused: { line: number; reason: string }[];
}

const COLUMNS = ['kind', 'value', 'name', 'criticality'];
const NEEDED = ['kind', 'value', 'name'];
const LONGEST_ROW = 4096;

const recordSchema = z.array(
  z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }),
);

/** Reads the file; `undefined` rows are never made up: what is not understood is refused with its line. */
export function readAssetCsv(text: string): AssetRows | { why: string } {
  let records: z.infer<typeof recordSchema>;
  try {
    records = recordSchema.parse(
      parse(text, {
        bom: true,
        info: true,
        trim: true,
        delimiter: [',', ';', '\t'],
        skip_empty_lines: true,
        relax_column_count: true,
        max_record_size: LONGEST_ROW,
        to: MOST_IMPORTED_ROWS + 2,
      }),
    );
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { why: `this is no CSV: ${error.message}` };
  }
  const [head, ...body] = records;
  const names = head?.record.map((name) => name.toLowerCase()) ?? [];
  const missing = NEEDED.filter((name) => !names.includes(name));
  const strange = names.find((name) => !COLUMNS.includes(name));
  if (missing.length > 0)
    return { why: `the first row must name the columns; ${missing.join(', ')} is missing` };
  if (strange !== undefined)
    return { why: `there is no column “${strange.slice(0, 40)}”; columns are ${COLUMNS.join(', ')}` };
  if (body.length > MOST_IMPORTED_ROWS) return { why: `at most ${MOST_IMPORTED_ROWS} rows a file` };
  return readRows(names, body);
}

function readRows(names: readonly string[], body: z.infer<typeof recordSchema>): AssetRows {
  const result: AssetRows = { rows: [], refused: [] };
  const seen = new Map<string, number>();
  for (const { record, info } of body) {
    const line = info.lines;
    const row = readRow(names, record);
    if ('why' in row) {
      result.refused.push({ line, reason: row.why });
      continue;
    }
    const key = `${row.kind} ${row.value}`;
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      result.refused.push({ line, reason: `the same ${row.kind} as in line ${earlier}` });
      continue;
    }
    seen.set(key, line);
    result.rows.push(row);
  }
  return result;
}

function readRow(names: readonly string[], record: readonly string[]): AssetInput | { why: string } {
  if (record.length !== names.length) return { why: `${record.length} values for ${names.length} columns` };
  const cells = Object.fromEntries(
    names.map((name, index) => [name, record[index] ?? ''] as const).filter(([, value]) => value !== ''),
  );
  for (const name of ['kind', 'criticality'] as const)
    if (cells[name] !== undefined) cells[name] = cells[name].toLowerCase();
  const parsed = assetInputSchema.safeParse(cells);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { why: `${issue?.path.join('.') ?? 'row'}: ${issue?.message ?? 'is not valid'}` };
  }
  const value = assetValue(parsed.data.kind, parsed.data.value);
  return 'why' in value ? { why: `value: ${value.why}` } : { ...parsed.data, value: value.value };
}
