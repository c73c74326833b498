import { atLeast } from '../decoder.js';
import { epochInstant, setTime } from '../event-time.js';
import { isJsonRecord, jsonDecoder, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { EVENT_ACTION } from '@parapet/contracts';
import type { EventFields } from '../decoder.js';

const ID = /^(\d{1,12}\.\d{1,6}):(\d{1,12})$/;

/** The record of that type; where there are several, the first. */
function part(record: JsonRecord, name: string): JsonRecord | undefined {
  const value = valueAt(record, name);
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return isJsonRecord(first) ? first : undefined;
}

function setCaller(fields: EventFields, call: JsonRecord): void {
  const pid = valueAt(call, 'pid');
  if (typeof pid === 'number') fields['process.pid'] = pid;
  const parent = valueAt(call, 'ppid');
  if (typeof parent === 'number') fields['process.parent.pid'] = parent;
  fields['process.name'] = textAt(call, 'comm');
  fields['process.executable'] = textAt(call, 'exe');
  fields['process.parent.name'] = textAt(call, 'PPID', 'comm');
  fields['process.parent.executable'] = textAt(call, 'PPID', 'exe');
  fields['user.name'] = textAt(call, 'UID');
  fields['user.id'] = textAt(call, 'uid');
  fields['user.effective.name'] = textAt(call, 'EUID');
  const audit = textAt(call, 'AUID');
  if (audit !== 'unset') fields['user.audit.name'] = audit;
  fields['auditd.log.key'] = textAt(call, 'key');
  fields['auditd.log.syscall'] = textAt(call, 'SYSCALL');
  const success = valueAt(call, 'success');
  if (success === 'yes' || success === 'no')
    fields['event.outcome'] = success === 'yes' ? 'success' : 'failure';
}

/** laurel joins the records of one audit event into a JSON object, keyed by their types. */
export const laurel = jsonDecoder({
  name: 'laurel',
  types: ['auditd-laurel'],
  programs: ['laurel'],
  recogniseRecord: (record) =>
    typeof record['ID'] === 'string' &&
    ID.test(record['ID']) &&
    Object.keys(record).some((name) => name !== 'ID' && /^[A-Z_]{3,40}$/.test(name)),
  decodeRecord(record, fields) {
    fields['event.module'] = 'auditd';
    fields['event.dataset'] = 'auditd.log';
    const id = ID.exec(textAt(record, 'ID') ?? '');
    if (id) {
      setTime(fields, epochInstant(Number(id[1])));
      fields['auditd.log.sequence'] = Number(id[2]);
    }
    const type = Object.keys(record).find((name) => /^[A-Z_]{3,40}$/.test(name) && name !== 'ID') ?? '';
    fields['auditd.log.record_type'] = type;
    fields['event.category'] = 'process';
    fields['event.type'] = 'info';
    fields['event.action'] = type.toLowerCase();
    const call = part(record, 'SYSCALL') ?? part(record, type);
    if (call) setCaller(fields, call);
    if (valueAt(record, 'ANOM_ABEND') !== undefined) {
      fields['event.type'] = 'end';
      fields['event.action'] = EVENT_ACTION.processCrashed;
      atLeast(fields, 'low');
    }
    const args = valueAt(record, 'EXECVE', 'ARGV') ?? valueAt(record, 'PROCTITLE', 'ARGV');
    if (Array.isArray(args)) {
      const words = args.slice(0, 64).filter((word): word is string => typeof word === 'string');
      fields['process.args'] = words;
      fields['process.command_line'] = words.join(' ');
    }
    if (valueAt(record, 'EXECVE') !== undefined) fields['event.type'] = 'start';
    fields['process.working_directory'] = textAt(record, 'CWD', 'cwd');
    return true;
  },
});
