import { readFile } from 'node:fs/promises';

/** Prisma's scalar types where no @db attribute names the column's own. */
const TYPES: Record<string, string> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
  Json: 'jsonb',
  Bytes: 'bytea',
};
const NATIVE: Record<string, string> = { Uuid: 'uuid', Inet: 'inet', SmallInt: 'smallint' };

/** Columns of prisma/schema.prisma as `table.column type`, with `?` where null is allowed; sorted. */
export async function prismaColumns(): Promise<string[]> {
  const schema = await readFile('prisma/schema.prisma', 'utf8');
  const columns: string[] = [];
  for (const [, body = ''] of schema.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)) {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1];
    for (const line of body.split('\n')) {
      const [, name, type = '', suffix = ''] = /^ {2}(\w+)\s+([A-Z]\w*)(\?|\[\])?/.exec(line) ?? [];
      const column = /@map\("(\w+)"\)/.exec(line)?.[1] ?? name;
      const sql = columnType(type, line);
      if (sql === undefined) continue;
      columns.push(`${table}.${column} ${sql}${suffix}`);
    }
  }
  return columns.sort();
}

/** Undefined for a relation, which is no column. */
function columnType(type: string, line: string): string | undefined {
  const native = /@db\.(\w+)/.exec(line)?.[1];
  const zone = /@db\.Timestamptz\((\d)\)/.exec(line)?.[1];
  if (type === 'DateTime') return `timestamp(${zone}) with time zone`;
  if (native !== undefined && TYPES[type] !== undefined) return NATIVE[native];
  return TYPES[type];
}
