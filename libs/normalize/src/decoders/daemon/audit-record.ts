/** One audit record: its own values, and those that `log_format = ENRICHED` adds behind a group separator (names in capitals). */
export interface AuditRecord {
  type: string;
  /** Epoch ms. */
  time: number | undefined;
  sequence: string | undefined;
  values: ReadonlyMap<string, string>;
  text: string;
}

/** Types that the kernel writes as numbers when no auditd reads them (linux/audit.h). */
const TYPES = new Map<string, string>(
  Object.entries({
    1006: 'LOGIN',
    1100: 'USER_AUTH',
    1101: 'USER_ACCT',
    1102: 'USER_MGMT',
    1103: 'CRED_ACQ',
    1104: 'CRED_DISP',
    1105: 'USER_START',
    1106: 'USER_END',
    1107: 'USER_AVC',
    1108: 'USER_CHAUTHTOK',
    1109: 'USER_ERR',
    1110: 'CRED_REFR',
    1112: 'USER_LOGIN',
    1113: 'USER_LOGOUT',
    1114: 'ADD_USER',
    1115: 'DEL_USER',
    1116: 'ADD_GROUP',
    1117: 'DEL_GROUP',
    1123: 'USER_CMD',
    1130: 'SERVICE_START',
    1131: 'SERVICE_STOP',
    1300: 'SYSCALL',
    1302: 'PATH',
    1305: 'CONFIG_CHANGE',
    1306: 'SOCKADDR',
    1307: 'CWD',
    1309: 'EXECVE',
    1325: 'NETFILTER_CFG',
    1326: 'SECCOMP',
    1327: 'PROCTITLE',
    1334: 'BPF',
    1400: 'AVC',
    1403: 'MAC_POLICY_LOAD',
    1404: 'MAC_STATUS',
    1700: 'ANOM_PROMISCUOUS',
    1701: 'ANOM_ABEND',
  }),
);

const HEAD =
  /^(?:audit: )?(?:node=\S{1,255} )?type ?= ?([A-Z0-9_]{1,40}|UNKNOWN\[\d{1,5}\]) (?:msg=)?audit\((\d{1,12})\.(\d{1,6}):(\d{1,12})\): ?/;
/** A name, and a value that is quoted, or has neither space nor quote. The kernel writes what has either in hexadecimal. */
const PAIR = /([A-Za-z_][A-Za-z0-9_.-]{0,40})=(?:"([^"]*)"|([^\s"']*))/g;
/** What may be written in hexadecimal instead of in quotes: words of users, and enriched names. */
const ENCODED = /^(?:acct|comm|exe|cwd|name|proctitle|cmd|key|a\d{1,3}|[A-Z]{2,8})$/;
/** auditd joins the enriched part by a group separator; some shippers write it out. */
const SEPARATOR = /\x1d|\\u001[dD]/;
const MOST_PAIRS = 128;

/** Whether a text begins as a record does. */
export function isAuditRecord(text: string): boolean {
  return (
    /^ ?(?:audit: )?(?:type ?= ?|node=)/.test(text.slice(0, 20)) && HEAD.test(text.trimStart().slice(0, 400))
  );
}

/** Reads "type=USER_LOGIN msg=audit(1373330716.415:4063): pid=1 … msg='op=login acct=\"root\" …'". */
export function readAuditRecord(text: string): AuditRecord | undefined {
  const line = text.trimStart();
  const head = HEAD.exec(line.slice(0, 400));
  if (!head) return undefined;
  const [all, name = '', seconds, millis, sequence] = head;
  const values = new Map<string, string>();
  const body = line.slice(all.length);
  for (const part of body.split(SEPARATOR, 2)) {
    PAIR.lastIndex = 0;
    for (const pair of part.matchAll(PAIR)) {
      if (values.size >= MOST_PAIRS) break;
      const key = pair[1] ?? '';
      // "msg='op=…" opens what a program says; its pairs come by themselves.
      if (key !== 'msg' && !values.has(key))
        values.set(key, pair[2] ?? (ENCODED.test(key) ? decoded(pair[3] ?? '') : (pair[3] ?? '')));
    }
  }
  return {
    type: TYPES.get(name) ?? name,
    time: Number(seconds) * 1000 + Number((millis ?? '0').padEnd(3, '0').slice(0, 3)),
    sequence,
    values,
    text: body,
  };
}

/** A value in hexadecimal, which the kernel writes without quotes because it holds a space, a quote or a control character. */
function decoded(value: string): string {
  if (value.length < 2 || value.length % 2 === 1 || !/^[0-9A-F]{2,8192}$/.test(value)) return value;
  return Buffer.from(value, 'hex').toString('utf8').replace(/\0+$/, '').replaceAll('\0', ' ');
}

/** A value as a program wrote it; what stands for none is left out. */
export function known(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value === '?' || value === '(null)' || value === '(none)'
    ? undefined
    : value;
}
