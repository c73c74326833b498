import type { Severity } from '@parapet/contracts';
import type { DecodeContext, Decoder, EventFields } from '../decoder.js';
import { epochInstant, isoInstant, setTime } from '../event-time.js';
import { readKeyValues } from '../key-values.js';
import type { KeyValues } from '../key-values.js';
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
/** How a record of FortiOS and its relatives begins, and what else it then has. */
const BEGINNING =
  /^ ?(?:date=|logver=|devname=|devid=|device_id=|timestamp=|itime=|eventtime=|type=|category="?Event)/;
const FIRST_LETTERS = ' dltiec';
const MARK = /(?:^|[ ,])(?:devid|device_id|logid|log_id|typeid)=/;
/** "https(192.0.2.1)", "ssh(2001:db8::1)", "GUI(192.0.2.1)": where an administrator came from. */
const ADMIN_PLACE = /^([A-Za-z0-9_-]{1,32})\(([0-9A-Fa-f.:]{2,45})\)$/;

const FAILED = /fail|invalid|denied|reject|error|timed ?out|locked/i;
const SUCCEEDED = /^(?:success|successful|succeeded|accept|pass|passed)$/i;

function readTime(pairs: KeyValues, context: DecodeContext): number | undefined {
  const epoch = pairs.one('eventtime') ?? pairs.one('timestamp');
  if (epoch !== undefined && /^\d{10,19}$/.test(epoch)) return epochInstant(Number(epoch));
  const date = pairs.one('date');
  const time = pairs.one('time');
  if (date === undefined || time === undefined) return undefined;
  const zone = /^([+-]\d\d):?(\d\d)$/.exec(pairs.one('tz') ?? '');
  return isoInstant(`${date} ${time}${zone ? `${zone[1] ?? ''}:${zone[2] ?? ''}` : ''}`, context);
}

function setAddresses(pairs: KeyValues, fields: EventFields): void {
  const place = ADMIN_PLACE.exec(pairs.one('ui') ?? '');
  const client = /^\[([0-9A-Fa-f.:]{2,45})\]$/.exec(pairs.one('client_name') ?? '')?.[1];
  const source =
    pairs.any(['srcip', 'src', 'sip', 'remip', 'client_ip', 'userip', 'user_ip', 'rem_ip', 'remote_ip']) ??
    place?.[2] ??
    client;
  const destination = pairs.any(['dstip', 'dst', 'dip', 'locip', 'loc_ip', 'dst_ip']);
  // A source that comes twice with different addresses is told by whoever put the second there.
  const clear = !['srcip', 'src', 'sip', 'remip', 'client_ip', 'ui'].some(
    (name) => pairs.has(name) && pairs.one(name) === undefined && pairs.first(name) !== undefined,
  );
  setEnds(
    fields,
    source !== undefined && clear
      ? {
          address: source,
          port: pairs.any(['srcport', 'src_port', 'sport', 'remport', 'rem_port']),
          interface: pairs.any(['srcintf', 'src_int']),
        }
      : undefined,
    destination === undefined
      ? undefined
      : {
          address: destination,
          port: pairs.any(['dstport', 'dst_port', 'dport', 'locport', 'loc_port']),
          interface: pairs.any(['dstintf', 'dst_int', 'outintf']),
        },
  );
  if (place?.[1]) fields['fortinet.firewall.method'] = place[1].toLowerCase();
}

function setDetails(pairs: KeyValues, fields: EventFields): void {
  const transport = pairs.any(['proto', 'protocol']);
  setTransport(fields, transport ?? /^\d{1,5}\/(tcp|udp|icmp)$/.exec(pairs.one('service') ?? '')?.[1]);
  setUser(fields, pairs.any(['user', 'unauthuser', 'xauthuser', 'initiator']));
  const device = pairs.any(['devname', 'device_name']);
  if (device) fields['observer.name'] = device;
  const serial = pairs.any(['devid', 'device_id']);
  if (serial) fields['observer.serial_number'] = serial;
  fields['observer.vendor'] = 'Fortinet';
  const id = pairs.any(['logid', 'log_id', 'typeid']);
  if (id) fields['event.code'] = id;
  const policy = pairs.any(['policyid', 'poluuid']);
  if (policy) fields['rule.id'] = policy;
  const policyName = pairs.one('policyname');
  if (policyName) fields['rule.name'] = policyName;
  const action = pairs.any(['action', 'status']);
  if (action) fields['fortinet.firewall.action'] = action;
  const subtype = pairs.any(['subtype', 'subcategory']);
  if (subtype) fields['fortinet.firewall.subtype'] = subtype;
  const type = pairs.any(['type', 'category']);
  if (type) fields['fortinet.firewall.type'] = type;
  const reason = pairs.one('reason');
  if (reason && reason !== 'N/A') fields['event.reason'] = reason;
  const message = pairs.any(['msg', 'logdesc', 'description']);
  if (message) fields['fortinet.firewall.msg'] = message;
  const description = pairs.one('logdesc');
  if (description) fields['fortinet.firewall.logdesc'] = description;
  const service = pairs.any(['app', 'service']);
  if (service && service !== 'N/A') fields['network.application'] = service.toLowerCase();
  const url = pairs.one('url');
  if (url) fields['url.original'] = url;
  const host = pairs.one('hostname');
  if (host) fields['url.domain'] = host;
  const agent = pairs.one('agent');
  if (agent) fields['user_agent.original'] = agent;
  setNumber(fields, pairs.one('sentbyte') ?? pairs.one('sent'), 'source.bytes');
  setNumber(fields, pairs.one('rcvdbyte') ?? pairs.one('rcvd'), 'destination.bytes');
  const path = pairs.one('cfgpath');
  if (path) fields['fortinet.firewall.cfgpath'] = path;
  const object = pairs.one('cfgobj');
  if (object) fields['fortinet.firewall.cfgobj'] = object;
  const from = pairs.one('from');
  if (from) fields['email.from.address'] = from;
  const to = pairs.one('to');
  if (to) fields['email.to.address'] = to;
  const subject = pairs.one('subject');
  if (subject) fields['email.subject'] = subject;
}

function setNumber(
  fields: EventFields,
  text: string | undefined,
  name: 'source.bytes' | 'destination.bytes',
): void {
  if (text !== undefined && /^\d{1,15}$/.test(text)) fields[name] = Number(text);
}

function outcomeOf(pairs: KeyValues): 'success' | 'failure' | 'unknown' {
  const status = pairs.one('status') ?? '';
  if (SUCCEEDED.test(status)) return 'success';
  if (FAILED.test(status) || FAILED.test(pairs.one('action') ?? '')) return 'failure';
  if (status !== '') return 'unknown';
  return /success/i.test(pairs.one('logdesc') ?? '') ? 'success' : 'unknown';
}

/** `type=event`: what the device, its administrators and the users of its VPN did. */
function classifyEvent(pairs: KeyValues, fields: EventFields): void {
  const action = (pairs.one('action') ?? '').toLowerCase();
  const description = pairs.one('logdesc') ?? '';
  const subtype = (pairs.any(['subtype', 'subcategory']) ?? '').toLowerCase();
  if (/^(?:login|admin-login)$/.test(action) || /^Admin login /i.test(description))
    return login(fields, outcomeOf(pairs));
  if (/logout|log-out|logoff/.test(action)) return logout(fields);
  if (/^ssl-(?:login|web-login)/.test(action) || /^ssl[ -]vpn (?:user )?log-?in/i.test(description))
    return login(fields, FAILED.test(action) || FAILED.test(description) ? 'failure' : 'success');
  if (
    /^(?:authentication|auth-logon|auth|fsso-logon|user-logon|radius|xauth)$/.test(action) ||
    subtype === 'authentication'
  ) {
    if (action === 'auth-logon' || action === 'fsso-logon') return login(fields, 'success');
    return login(fields, outcomeOf(pairs));
  }
  const ssl = (pairs.one('tunneltype') ?? '').startsWith('ssl');
  if (action === 'tunnel-up') return ssl ? login(fields, 'success') : connected(fields, 'start');
  if (action === 'tunnel-down') return ssl ? logout(fields) : connected(fields, 'end');
  if (pairs.has('cfgpath') || /config/i.test(description) || /^(?:add|edit|delete)$/.test(action))
    return configured(fields);
  if (subtype === 'vpn' || subtype === 'ipsec') {
    const failed = FAILED.test(`${action} ${pairs.one('status') ?? ''} ${description}`);
    return connected(fields, failed ? 'denied' : 'info', failed ? 'failure' : 'unknown');
  }
  fields['event.category'] =
    subtype === 'system' || subtype === 'ha' || subtype === 'admin' ? 'host' : 'network';
}

function classifySession(pairs: KeyValues, fields: EventFields): void {
  const action = (pairs.any(['action', 'status']) ?? '').toLowerCase();
  const verdict = verdictOf(action);
  if (verdict) return judge(fields, verdict);
  // The ends of sessions that were let through: how each was closed.
  if (/^(?:close|timeout|client-rst|server-rst|start|dns|ip-conn)$/.test(action)) judge(fields, 'accept');
  else judge(fields, 'log');
}

function classifyInspection(pairs: KeyValues, subtype: string, fields: EventFields): void {
  const verdict =
    verdictOf(pairs.any(['action', 'status'])) ??
    (pairs.one('action') === 'clear_session' ? 'reject' : undefined);
  const severity: Severity =
    severityOf(pairs.one('severity') ?? pairs.one('crlevel')) ??
    severityOf(pairs.any(['level', 'pri'])) ??
    'medium';
  if (/^(?:ips|anomaly|signature|dos|intrusion|waf)$/.test(subtype)) {
    intrusion(fields, severity, verdict);
    const attack = pairs.any(['attack', 'attackname', 'description']);
    if (attack) fields['rule.name'] = attack.trim();
    const id = pairs.one('attackid');
    if (id) fields['rule.id'] = id;
    return;
  }
  if (subtype === 'virus' || subtype === 'infected') {
    malware(fields, severity);
    const name = pairs.one('virus');
    if (name) fields['threat.indicator.name'] = name;
    const file = pairs.one('filename');
    if (file) fields['file.name'] = file;
    if (verdict === 'drop') fields['event.outcome'] = 'failure';
    return;
  }
  judge(fields, verdict ?? 'log');
}

/** FortiMail's own types. */
const MAIL_TYPES = new Set(['kevent', 'spam', 'statistics', 'encrypt', 'mail']);

function productOf(pairs: KeyValues, type: string): string {
  const serial = pairs.any(['devid', 'device_id']) ?? '';
  if (serial.startsWith('FE') || MAIL_TYPES.has(type)) return 'fortimail';
  if (pairs.has('spp') || pairs.has('dropcount')) return 'fortiddos';
  return pairs.has('subcategory') && pairs.has('typeid') ? 'fortiauthenticator' : 'fortigate';
}

/** FortiGate (FortiOS), and FortiMail, FortiAuthenticator and FortiDDoS, which write the same way. */
export const fortinet: Decoder = {
  name: 'fortinet',
  types: [
    'fortigate',
    'fortios',
    'fortinet_fortigate',
    'fortimail',
    'fortiauth',
    'fortiauthenticator',
    'fortiddos',
    'fortinet-logs',
  ],
  programs: [],
  anyProgram: true,
  recognise: (_header, message) =>
    FIRST_LETTERS.includes(message.charAt(0)) &&
    BEGINNING.test(message.slice(0, 24)) &&
    MARK.test(message.slice(0, 512)),
  decode(message, _header, fields, context) {
    fields['event.module'] = 'fortinet_fortigate';
    fields['event.dataset'] = 'fortinet_fortigate.log';
    if (message.length > LONGEST) return false;
    // "set format csv" puts commas between the pairs.
    const pairs = readKeyValues(message, {
      commas: /^ ?\w{1,16}=[^ ,]{1,64},\w{1,16}=/.test(message.slice(0, 100)),
    });
    if (pairs.pairs < 5 || !(pairs.has('type') || pairs.has('category'))) return false;
    const type = (pairs.any(['type', 'category']) ?? '').toLowerCase();
    const subtype = (pairs.one('subtype') ?? '').toLowerCase();
    const product = productOf(pairs, type);
    fields['event.module'] = `fortinet_${product}`;
    fields['event.dataset'] = `fortinet_${product}.log`;
    fields['observer.product'] = product;
    setTime(fields, readTime(pairs, context));
    setLevel(fields, pairs.any(['level', 'pri']));
    setAddresses(pairs, fields);
    setDetails(pairs, fields);
    if (type === 'traffic') classifySession(pairs, fields);
    else if (type === 'event' || type === 'kevent') classifyEvent(pairs, fields);
    else if (MAIL_TYPES.has(type)) fields['event.category'] = 'email';
    else classifyInspection(pairs, type === 'utm' || type === 'attack' ? subtype : type, fields);
    return true;
  },
};
