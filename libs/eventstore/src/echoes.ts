import type { FieldValue } from '@parapet/contracts';

type Fields = Readonly<Record<string, FieldValue | undefined>>;

/**
 * Fields that nearly always repeat others: syslog's own names for what ECS names too, and the halves of the priority
 * (RFC 5424 §6.2.1). A row keeps one bit for each instead of the text; a field that says something else is kept whole.
 */
const ECHOES: readonly (readonly [name: string, value: (fields: Fields) => FieldValue | undefined])[] = [
  ['event.kind', () => 'event'],
  ['log.syslog.hostname', (fields) => fields['host.name']],
  ['log.syslog.appname', (fields) => fields['process.name']],
  ['log.syslog.procid', (fields) => text(fields['process.pid'])],
  ['log.syslog.facility.code', (fields) => priority(fields, (value) => value >> 3)],
  ['log.syslog.severity.code', (fields) => priority(fields, (value) => value & 7)],
];

const text = (value: FieldValue | undefined) => (typeof value === 'number' ? String(value) : undefined);

function priority(fields: Fields, part: (value: number) => number): number | undefined {
  const value = fields['log.syslog.priority'];
  return typeof value === 'number' ? part(value) : undefined;
}

/** Key within `fields` of the bits. */
export const ECHO_KEY = '_echo';

export const ECHO_BIT: ReadonlyMap<string, number> = new Map(ECHOES.map(([name], n) => [name, 1 << n]));

/** Whether the field of this bit says just what it repeats. */
export function isEcho(bit: number, fields: Fields): boolean {
  const echo = ECHOES[31 - Math.clz32(bit)];
  return echo !== undefined && fields[echo[0]] === echo[1](fields);
}

/** Writes the fields that `bits` stands for. */
export function restoreEchoes(bits: number, fields: Record<string, FieldValue>): void {
  for (const [n, [name, valueOf]] of ECHOES.entries()) {
    if ((bits & (1 << n)) === 0) continue;
    const value = valueOf(fields);
    if (value !== undefined) fields[name] = value;
  }
}
