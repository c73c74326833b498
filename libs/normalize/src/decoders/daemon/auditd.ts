import { EVENT_ACTION, normalizeIp } from '@parapet/contracts';
import { atLeast, setSource } from '../decoder.js';
import type { DecodeContext, Decoder, EventFields } from '../decoder.js';
import { setTime } from '../event-time.js';
import { isAuditRecord, readAuditRecord, known } from './audit-record.js';
import type { AuditRecord } from './audit-record.js';

/** Category and type of a record type, as Elastic's auditd module has them. */
const KINDS = new Map<string, readonly [category: string, type: string]>(
  Object.entries({
    USER_LOGIN: ['authentication', 'start'],
    USER_AUTH: ['authentication', 'info'],
    USER_ERR: ['authentication', 'info'],
    USER_ACCT: ['authentication', 'info'],
    USER_LOGOUT: ['authentication', 'end'],
    LOGIN: ['authentication', 'start'],
    USER_START: ['session', 'start'],
    USER_END: ['session', 'end'],
    CRED_ACQ: ['session', 'info'],
    CRED_DISP: ['session', 'info'],
    CRED_REFR: ['session', 'info'],
    USER_CMD: ['process', 'start'],
    ADD_USER: ['iam', 'creation'],
    DEL_USER: ['iam', 'deletion'],
    ADD_GROUP: ['iam', 'creation'],
    DEL_GROUP: ['iam', 'deletion'],
    USER_MGMT: ['iam', 'change'],
    GRP_MGMT: ['iam', 'change'],
    USER_CHAUTHTOK: ['iam', 'change'],
    GRP_CHAUTHTOK: ['iam', 'change'],
    ACCT_LOCK: ['iam', 'change'],
    ACCT_UNLOCK: ['iam', 'change'],
    CHGRP_ID: ['iam', 'change'],
    CHUSER_ID: ['iam', 'change'],
    USYS_CONFIG: ['configuration', 'change'],
    CONFIG_CHANGE: ['configuration', 'change'],
    NETFILTER_CFG: ['configuration', 'change'],
    SYSCALL: ['process', 'info'],
    EXECVE: ['process', 'start'],
    PROCTITLE: ['process', 'info'],
    CWD: ['process', 'info'],
    PATH: ['file', 'access'],
    SOCKADDR: ['network', 'info'],
    SECCOMP: ['process', 'denied'],
    BPF: ['process', 'info'],
    AVC: ['process', 'denied'],
    USER_AVC: ['process', 'denied'],
    SELINUX_ERR: ['process', 'denied'],
    SERVICE_START: ['process', 'start'],
    SERVICE_STOP: ['process', 'end'],
    SYSTEM_BOOT: ['host', 'start'],
    SYSTEM_SHUTDOWN: ['host', 'end'],
    DAEMON_START: ['process', 'start'],
    DAEMON_RESUME: ['process', 'start'],
    DAEMON_END: ['process', 'end'],
    DAEMON_ABORT: ['process', 'end'],
    DAEMON_CONFIG: ['configuration', 'change'],
    ANOM_ABEND: ['process', 'end'],
    ANOM_PROMISCUOUS: ['network', 'change'],
    ANOM_LOGIN_FAILURES: ['authentication', 'info'],
    ANOM_LOGIN_LOCATION: ['authentication', 'info'],
    ANOM_LOGIN_TIME: ['authentication', 'info'],
    ANOM_LOGIN_SESSIONS: ['authentication', 'info'],
  } satisfies Record<string, readonly [string, string]>),
);

/** execve and execveat on x86 (32 and 64 bit) and ARM64. */
const EXEC_CALLS = new Set(['59', '322', '11', '358', '221', '281', 'execve', 'execveat']);
const NO_USER = new Set(['(unknown)', '(invalid user)', '(unknown user)', '?', 'unset']);
/** -1 as an unsigned number: nobody has logged in. */
const UNSET_ID = '4294967295';

/** success=yes|no of the kernel, res=success|failed|1|0 of programs. */
function outcomeOf(values: ReadonlyMap<string, string>): 'success' | 'failure' | undefined {
  const said = values.get('success') ?? values.get('res') ?? values.get('result');
  if (said === undefined) return undefined;
  const word = said.toLowerCase();
  if (word === 'yes' || word === '1' || word.startsWith('success')) return 'success';
  return word === 'no' || word === '0' || word.startsWith('fail') ? 'failure' : undefined;
}

function setKind(fields: EventFields, record: AuditRecord): void {
  const { type, values } = record;
  const mac = type.startsWith('MAC_') ? (['configuration', 'change'] as const) : undefined;
  const anomaly = type.startsWith('ANOM_') ? (['intrusion_detection', 'info'] as const) : undefined;
  const kind = KINDS.get(type) ?? mac ?? anomaly;
  if (kind) {
    fields['event.category'] = kind[0];
    fields['event.type'] = kind[1];
  }
  fields['event.action'] = type.toLowerCase();
  const outcome = outcomeOf(values);
  if (outcome) fields['event.outcome'] = outcome;
  if (type === 'SYSCALL' && EXEC_CALLS.has(values.get('SYSCALL') ?? values.get('syscall') ?? ''))
    fields['event.type'] = 'start';
  if (type.startsWith('ANOM_')) {
    atLeast(fields, 'medium');
    if (type.startsWith('ANOM_LOGIN_')) {
      fields['event.outcome'] = 'failure';
      fields['event.action'] = EVENT_ACTION.loginWitness;
    }
  }
  if (fields['event.category'] !== 'authentication' || outcome !== 'failure') return;
  atLeast(fields, 'low');
  // PAM's USER_AUTH is the attempt. sshd adds USER_LOGIN, USER_ERR and a USER_AUTH of its own for the same one.
  const counts = type === 'USER_AUTH' && /^PAM:/.test(values.get('op') ?? '');
  if (!counts) fields['event.action'] = EVENT_ACTION.loginWitness;
}

function setNumber(
  fields: EventFields,
  name: 'process.pid' | 'process.parent.pid',
  text: string | undefined,
): void {
  if (text !== undefined && /^\d{1,10}$/.test(text)) fields[name] = Number(text);
}

function setProcess(fields: EventFields, values: ReadonlyMap<string, string>): void {
  setNumber(fields, 'process.pid', values.get('pid'));
  setNumber(fields, 'process.parent.pid', values.get('ppid'));
  const name = known(values.get('comm'));
  if (name !== undefined) fields['process.name'] = name;
  const executable = known(values.get('exe'));
  if (executable !== undefined) {
    fields['process.executable'] = executable;
    fields['process.name'] ??= executable.slice(executable.lastIndexOf('/') + 1);
  }
  const cwd = known(values.get('cwd'));
  if (cwd !== undefined) fields['process.working_directory'] = cwd;
  const line = known(values.get('proctitle') ?? values.get('cmd'));
  if (line !== undefined) fields['process.command_line'] = line;
}

/** The user as a name: whom a program names (acct), else whose process it is, where auditd has looked it up. */
function setUser(fields: EventFields, values: ReadonlyMap<string, string>): void {
  const account = known(values.get('acct'));
  const name = account ?? known(values.get('UID')) ?? undefined;
  if (name !== undefined && !NO_USER.has(name)) fields['user.name'] = name;
  if (account !== undefined && NO_USER.has(account)) fields['labels.invalid_user'] = true;
  const uid = values.get('uid');
  if (uid !== undefined && uid !== UNSET_ID && /^\d{1,10}$/.test(uid)) fields['user.id'] = uid;
  const audit = values.get('auid');
  if (audit !== undefined && audit !== UNSET_ID && /^\d{1,10}$/.test(audit)) fields['user.audit.id'] = audit;
  const auditName = known(values.get('AUID'));
  if (auditName !== undefined && !NO_USER.has(auditName)) fields['user.audit.name'] = auditName;
  const effective = values.get('euid');
  if (effective !== undefined && /^\d{1,10}$/.test(effective)) fields['user.effective.id'] = effective;
}

/** EXECVE's a0 to aN. */
function setArguments(fields: EventFields, record: AuditRecord): void {
  if (record.type !== 'EXECVE') return;
  const args: string[] = [];
  for (let at = 0; at < 64; at++) {
    const value = record.values.get(`a${at}`);
    if (value === undefined) break;
    args.push(known(value) ?? '');
  }
  if (args.length === 0) return;
  fields['process.args'] = args;
  fields['process.command_line'] = args.join(' ');
}

/** AppArmor writes its own pairs, SELinux a sentence. */
function setPolicy(fields: EventFields, record: AuditRecord): void {
  const { type, values, text } = record;
  if (type !== 'AVC' && type !== 'USER_AVC' && !type.startsWith('APPARMOR')) return;
  const verdict = values.get('apparmor') ?? /avc: +(denied|granted)/.exec(text.slice(0, 300))?.[1];
  if (verdict === undefined) return;
  const denied = verdict === 'DENIED' || verdict === 'denied';
  fields['event.module'] = values.has('apparmor') ? 'apparmor' : 'auditd';
  if (values.has('apparmor')) fields['event.dataset'] = 'apparmor.log';
  fields['event.category'] = values.has('family') || values.has('lport') ? 'network' : 'process';
  fields['event.type'] = denied ? 'denied' : verdict === 'STATUS' ? 'info' : 'allowed';
  fields['event.action'] = denied ? EVENT_ACTION.policyDenied : EVENT_ACTION.policyAllowed;
  fields['event.outcome'] = denied ? 'failure' : 'success';
  if (denied) atLeast(fields, 'low');
  const profile = values.get('profile');
  if (profile) fields['rule.name'] = profile;
  const operation = values.get('operation');
  if (operation) fields['event.reason'] = operation;
}

/** Fills an event from one audit record. False if the text is none. */
export function decodeAudit(text: string, fields: EventFields): boolean {
  const record = text.length > 65_536 ? undefined : readAuditRecord(text);
  if (!record) return false;
  fields['event.module'] = 'auditd';
  fields['event.dataset'] = 'auditd.log';
  setTime(fields, record.time);
  fields['auditd.log.record_type'] = record.type;
  if (record.sequence !== undefined) fields['auditd.log.sequence'] = Number(record.sequence);
  const { values } = record;
  setKind(fields, record);
  setProcess(fields, values);
  setUser(fields, values);
  setArguments(fields, record);
  setPolicy(fields, record);
  const op = values.get('op');
  if (op) fields['auditd.log.op'] = op;
  const key = known(values.get('key'));
  if (key !== undefined) fields['auditd.log.key'] = key;
  const call = values.get('SYSCALL') ?? values.get('syscall');
  if (call) fields['auditd.log.syscall'] = call;
  const address = values.get('addr') ?? values.get('hostname');
  if (address !== undefined && normalizeIp(address) !== undefined) setSource(fields, address);
  const path = record.type === 'PATH' || values.has('apparmor') ? known(values.get('name')) : undefined;
  if (path?.startsWith('/')) fields['file.path'] = path;
  return true;
}

/** auditd's records from its file, audisp's syslog plugin or the kernel. */
export const auditd: Decoder = {
  name: 'auditd',
  types: ['audit', 'selinux-ssh', 'selinux'],
  programs: ['auditd', 'audispd', 'audisp-syslog', 'audit'],
  recognise: (_header, message) => isAuditRecord(message),
  anyProgram: true,
  wholeLines: true,
  decode(message, _header, fields, _context: DecodeContext) {
    fields['event.module'] = 'auditd';
    fields['event.dataset'] = 'auditd.log';
    return decodeAudit(message, fields);
  },
};
