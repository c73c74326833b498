import { setPort } from '../decoder.js';
import type { DecodeContext, Decoder, EventFields } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import {
  configured,
  connected,
  intrusion,
  judge,
  login,
  logout,
  malware,
  setEnds,
  setLevel,
  setTransport,
  setUser,
  severityOf,
  verdictOf,
} from './verdict.js';

const LONGEST = 32_768;
const MOST_COLUMNS = 160;
/** "future use, receive time, serial, type, subtype, …" */
const FORM =
  /^\d{1,12},(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]{8,18}Z?),[\w-]{0,32},(TRAFFIC|THREAT|SYSTEM|CONFIG|GLOBALPROTECT|AUTHENTICATION|USERID|HIPMATCH|HIP-MATCH|CORRELATION|DECRYPTION|IPTAG|GTP|SCTP|TUNNEL|START|END|OTHERS|AUDIT),/;

/** Columns of comma-separated values; a column in quotes doubles the quotes in it. */
function columnsOf(text: string): string[] {
  const columns: string[] = [];
  let at = 0;
  while (at <= text.length && columns.length < MOST_COLUMNS) {
    if (text.charCodeAt(at) === 34) {
      let end = text.indexOf('"', at + 1);
      while (end !== -1 && text.charCodeAt(end + 1) === 34) end = text.indexOf('"', end + 2);
      if (end !== -1 && (end + 1 === text.length || text.charCodeAt(end + 1) === 44)) {
        columns.push(text.slice(at + 1, end).replaceAll('""', '"'));
        at = end + 2;
        continue;
      }
    }
    const comma = text.indexOf(',', at);
    const end = comma === -1 ? text.length : comma;
    columns.push(text.slice(at, end));
    at = end + 1;
  }
  return columns;
}

type Columns = readonly string[];
const col = (columns: Columns, index: number): string | undefined => {
  const value = columns[index]?.trim();
  return value === undefined || value === '' || value === '""' ? undefined : value;
};

/** Columns 7 to 29, which TRAFFIC and THREAT share (PAN-OS, "Syslog Field Descriptions"). */
function setSession(columns: Columns, fields: EventFields): void {
  const source = col(columns, 7);
  const destination = col(columns, 8);
  setEnds(
    fields,
    source ? { address: source, interface: col(columns, 18) } : undefined,
    destination ? { address: destination, interface: col(columns, 19) } : undefined,
  );
  const [sport, dport] = [columns[24] ?? '', columns[25] ?? ''];
  if (/^\d{1,5}$/.test(sport)) setPort(fields, 'source.port', sport);
  if (/^\d{1,5}$/.test(dport)) setPort(fields, 'destination.port', dport);
  const rule = col(columns, 11);
  if (rule) fields['rule.name'] = rule;
  setUser(fields, col(columns, 12));
  const target = col(columns, 13);
  if (target) fields['destination.user.name'] = target;
  const application = col(columns, 14);
  if (application && application !== 'not-applicable') fields['network.application'] = application;
  setTransport(fields, col(columns, 29));
}

function decodeTraffic(columns: Columns, fields: EventFields): void {
  setSession(columns, fields);
  judge(
    fields,
    verdictOf(col(columns, 30)) ??
      (col(columns, 30) === undefined ? verdictOf(col(columns, 4)) : undefined) ??
      'log',
  );
  const bytes = columns[31] ?? '';
  if (/^\d{1,15}$/.test(bytes)) fields['network.bytes'] = Number(bytes);
  const reason = col(columns, 46);
  if (reason) fields['event.reason'] = reason;
}

function decodeThreat(columns: Columns, fields: EventFields): void {
  setSession(columns, fields);
  const verdict = verdictOf(col(columns, 30));
  const severity = severityOf(col(columns, 34)) ?? 'medium';
  const subtype = col(columns, 4) ?? '';
  const threat = col(columns, 32);
  if (subtype === 'url') {
    judge(fields, verdict ?? 'log');
    const url = col(columns, 31);
    if (url) fields['url.original'] = url;
    return;
  }
  if (/virus|wildfire|spyware/.test(subtype)) {
    malware(fields, severity);
    if (verdict === 'drop' || verdict === 'reject') fields['event.outcome'] = 'failure';
  } else if (/scan|flood|packet|vulnerability|dns/.test(subtype)) intrusion(fields, severity, verdict);
  else judge(fields, verdict ?? 'log');
  if (threat) fields['rule.name'] = threat;
  const file = col(columns, 31);
  if (file && /virus|wildfire|file|data/.test(subtype)) fields['file.name'] = file;
}

/** What PAN-OS says about log-ins in free text; the words around the name and address are its own. */
const SYSTEM_LOGIN =
  /^(?:failed authentication|auth\w{1,20}(?: succeeded| failed)?|User authentication \w{1,12}) for user '/i;
const LOGIN_FROM = /^.{0,400} From: ([0-9A-Fa-f.:]{2,45}?)\.?$/s;

/** "failed authentication for user 'NAME'. Reason: … From: 192.0.2.1." A name that holds a quote and the same words leaves two readings. */
function readLogin(said: string): { user?: string; address?: string } | undefined {
  const start = SYSTEM_LOGIN.exec(said);
  if (!start) return undefined;
  const rest = said.slice(start[0].length);
  const end = rest.search(/'(?:[.,]|$)/);
  if (end === -1 || rest.indexOf(' From: ') !== rest.lastIndexOf(' From: ') || rest.lastIndexOf("'.") > end)
    return {};
  return { user: rest.slice(0, end), address: LOGIN_FROM.exec(rest.slice(end).slice(0, 512))?.[1] };
}

const USER_LOGGED_IN =
  /^User (.{1,256}) logged in via (?:Web|CLI|Panorama|API|\w{1,12}) from ([0-9A-Fa-f.:]{2,45})/;
const USER_LOGGED_OUT = /^User (.{1,256}) logged out via \w{1,12}(?: from ([0-9A-Fa-f.:]{2,45}))?/;
const GP_LOGIN =
  /GlobalProtect (?:portal|gateway) user authentication (failed|succeeded)\. Login from: ([0-9A-Fa-f.:]{2,45}).{0,80}?, (?:User name|Source region): (.{0,400})$/;

function decodeSystem(columns: Columns, fields: EventFields): void {
  setLevel(fields, col(columns, 13));
  const eventId = col(columns, 8) ?? '';
  const said = col(columns, 14) ?? '';
  fields['event.code'] = eventId;
  if (said) fields['panw.panos.description'] = said.slice(0, 2048);
  const gp = GP_LOGIN.exec(said);
  const auth = readLogin(said);
  if (gp) {
    login(fields, gp[1] === 'failed' ? 'failure' : 'success');
    if (said.indexOf('Login from: ') === said.lastIndexOf('Login from: ')) {
      setEnds(fields, { address: gp[2] ?? '' });
      setUser(fields, /User name: ([^,]{1,256}),/.exec(said)?.[1]);
    }
  } else if (eventId === 'auth-fail' || eventId === 'auth-success' || auth) {
    login(
      fields,
      eventId === 'auth-fail' || (eventId !== 'auth-success' && /fail/i.test(said.slice(0, 40)))
        ? 'failure'
        : 'success',
    );
    setUser(fields, auth?.user);
    if (auth?.address) setEnds(fields, { address: auth.address });
  } else {
    const entered = USER_LOGGED_IN.exec(said);
    const left = USER_LOGGED_OUT.exec(said);
    if (entered) login(fields, 'success');
    else if (left) logout(fields);
    else {
      fields['event.category'] = 'host';
      return;
    }
    const match = entered ?? left;
    setUser(fields, match?.[1]);
    if (match?.[2]) setEnds(fields, { address: match[2] });
  }
}

function decodeConfig(columns: Columns, fields: EventFields): void {
  const result = col(columns, 12) ?? '';
  configured(fields, /fail|unauthor/i.test(result) ? 'failure' : 'success');
  const host = col(columns, 7);
  if (host) setEnds(fields, { address: host });
  setUser(fields, col(columns, 10));
  const command = col(columns, 9);
  if (command) fields['panw.panos.cmd'] = command;
  const path = col(columns, 13);
  if (path) fields['panw.panos.path'] = path;
}

function decodeGlobalProtect(columns: Columns, fields: EventFields): void {
  const eventId = col(columns, 8) ?? '';
  const stage = col(columns, 9) ?? '';
  const status = col(columns, 28) ?? '';
  const outcome = status === 'success' ? 'success' : status === 'failure' ? 'failure' : 'unknown';
  fields['event.code'] = eventId;
  if (/-(?:auth|login|register)$/.test(eventId) || (stage === 'login' && !eventId.endsWith('prelogin')))
    login(fields, outcome);
  else if (stage === 'logout' || eventId.endsWith('logout')) logout(fields);
  else connected(fields, stage === 'tunnel' ? 'start' : 'info', outcome);
  setUser(fields, col(columns, 12));
  const address = [15, 16].map((at) => col(columns, at)).find((text) => text && text !== '0.0.0.0');
  if (address) setEnds(fields, { address });
  const machine = col(columns, 14);
  if (machine) fields['source.domain'] = machine;
  const reason = col(columns, 25) ?? col(columns, 26) ?? col(columns, 27);
  if (reason) fields['event.reason'] = reason;
}

function decodeAuthentication(columns: Columns, fields: EventFields): void {
  const said = `${col(columns, 18) ?? ''} ${col(columns, 20) ?? ''} ${col(columns, 4) ?? ''}`;
  login(
    fields,
    /fail|invalid|denied|timeout|locked/i.test(said)
      ? 'failure'
      : /success|valid|allowed/i.test(said)
        ? 'success'
        : 'unknown',
  );
  const address = col(columns, 8);
  if (address) setEnds(fields, { address });
  setUser(fields, col(columns, 9));
}

function decodeType(type: string, columns: Columns, fields: EventFields): void {
  if (columns.length < 8) fields['event.category'] = 'network';
  else if (type === 'TRAFFIC' || type === 'START' || type === 'END') decodeTraffic(columns, fields);
  else if (type === 'THREAT') decodeThreat(columns, fields);
  else if (type === 'SYSTEM') decodeSystem(columns, fields);
  else if (type === 'CONFIG') decodeConfig(columns, fields);
  else if (type === 'GLOBALPROTECT') decodeGlobalProtect(columns, fields);
  else if (type === 'AUTHENTICATION') decodeAuthentication(columns, fields);
  else fields['event.category'] = 'network';
}

function timeOf(columns: Columns, context: DecodeContext): number | undefined {
  return isoInstant(columns[6] ?? '', context) ?? isoInstant(columns[1] ?? '', context);
}

/** Palo Alto Networks PAN-OS: comma-separated columns, by type. */
export const paloAlto: Decoder = {
  name: 'panw',
  types: ['paloalto', 'palo_alto', 'palo-alto', 'pan-os', 'panos', 'panw_panos', 'globalprotect'],
  programs: [],
  anyProgram: true,
  recognise: (_header, message) => {
    const first = message.charCodeAt(0);
    return first >= 48 && first <= 57 && FORM.test(message.slice(0, 128));
  },
  decode(message, _header, fields, context) {
    fields['event.module'] = 'panw';
    fields['event.dataset'] = 'panw.panos';
    const form = message.length <= LONGEST ? FORM.exec(message.slice(0, 128)) : null;
    if (!form) return false;
    const columns = columnsOf(message);
    fields['observer.vendor'] = 'Palo Alto Networks';
    fields['observer.product'] = 'PAN-OS';
    fields['observer.type'] = 'firewall';
    const serial = col(columns, 2);
    if (serial) fields['observer.serial_number'] = serial;
    const type = form[1] ?? '';
    fields['panw.panos.type'] = type;
    const subtype = col(columns, 4);
    if (subtype) fields['panw.panos.sub_type'] = subtype;
    setTime(fields, timeOf(columns, context));
    decodeType(type, columns, fields);
    return true;
  },
};
