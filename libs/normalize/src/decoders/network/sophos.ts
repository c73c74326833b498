import type { DecodeContext, Decoder, EventFields } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { readKeyValues } from '../key-values.js';
import type { KeyValues } from '../key-values.js';
import {
  configured,
  intrusion,
  judge,
  login,
  logout,
  malware,
  setEnds,
  setLevel,
  setTransport,
  setUser,
  verdictOf,
} from './verdict.js';

const LONGEST = 32_768;
const XG = /^ ?(?:device(?:_name)?="|timestamp="?\d|date=\d{4}-).{0,512}?\blog_type="/s;
/** Where UTM writes its own file: "2026:11:20-20:00:00 gw ulogd[4]: id="2001" severity="info" sys="SecureNet" …". */
const UTM =
  /^(?:(\d{4}):(\d\d):(\d\d)-(\d\d:\d\d:\d\d) (\S{1,255}) (?:(\w[\w.-]{0,47})(?:\[(\d{1,10})\])?: )?)?id="\d{4}" severity="\w{1,16}" sys="/;

function setCommon(pairs: KeyValues, fields: EventFields): void {
  const source = pairs.any(['src_ip', 'srcip']);
  const destination = pairs.any(['dst_ip', 'dstip']);
  setEnds(
    fields,
    source
      ? {
          address: source,
          port: pairs.any(['src_port', 'srcport']),
          interface: pairs.any(['in_interface', 'initf']),
        }
      : undefined,
    destination
      ? {
          address: destination,
          port: pairs.any(['dst_port', 'dstport']),
          interface: pairs.any(['out_interface', 'outitf']),
        }
      : undefined,
  );
  setTransport(fields, pairs.any(['protocol', 'proto']));
  setUser(fields, pairs.any(['user_name', 'user', 'usr_name', 'username']));
  fields['observer.vendor'] = 'Sophos';
  const url = pairs.one('url');
  if (url) fields['url.original'] = url;
  const agent = pairs.any(['user_agent', 'ua', 'useragent']);
  if (agent) fields['user_agent.original'] = agent;
  const rule = pairs.any(['fw_rule_id', 'fwrule']);
  if (rule) fields['rule.id'] = rule;
}

function outcome(pairs: KeyValues): 'success' | 'failure' | 'unknown' {
  const word = pairs.any(['status', 'log_subtype', 'result']) ?? '';
  if (/fail|den(?:y|ied)|reject|wrong|block/i.test(word)) return 'failure';
  return /success|allow|established/i.test(word) ? 'success' : 'unknown';
}

function decodeXg(pairs: KeyValues, fields: EventFields, context: DecodeContext): void {
  const date = pairs.one('date');
  const time = pairs.one('time');
  const stamp = pairs.one('timestamp') ?? (date && time ? `${date} ${time}` : '');
  setTime(fields, isoInstant(stamp, context));
  setLevel(fields, pairs.any(['priority', 'severity']));
  setCommon(pairs, fields);
  fields['observer.product'] = 'XG';
  const name = pairs.any(['device_name', 'devicename']);
  if (name) fields['observer.name'] = name;
  const id = pairs.one('log_id');
  if (id) fields['event.code'] = id;
  const said = pairs.any(['message', 'reason']);
  if (said) fields['sophos.xg.message'] = said;
  const type = pairs.one('log_type') ?? '';
  const component = pairs.one('log_component') ?? '';
  const subtype = pairs.one('log_subtype') ?? '';
  fields['sophos.xg.log_type'] = type;
  if (component) fields['sophos.xg.log_component'] = component;
  if (subtype) fields['sophos.xg.log_subtype'] = subtype;
  if (
    type === 'Event' &&
    (subtype === 'Authentication' || /Authentication|SSL VPN|My Account|VPN Portal/.test(component))
  ) {
    if (/logged out|logout|disconnected|terminated/i.test(`${said ?? ''} ${pairs.one('status') ?? ''}`))
      logout(fields);
    else login(fields, outcome(pairs));
  } else if (type === 'Event' && (subtype === 'Admin' || component === 'GUI' || component === 'CLI')) {
    if (/log(?:ged)? ?in/i.test(said ?? '') || /failed to login/i.test(said ?? ''))
      login(fields, /fail|wrong/i.test(said ?? '') ? 'failure' : outcome(pairs));
    else if (/log(?:ged)? ?out/i.test(said ?? '')) logout(fields);
    else configured(fields);
  } else if (type === 'IDP' || type === 'ATP' || component === 'IPS') {
    intrusion(fields, 'medium', verdictOf(subtype.replace(/^Detect$/, 'alert')));
    const signature = pairs.any(['signature_msg', 'threatname', 'threat']);
    if (signature) fields['rule.name'] = signature;
    const signatureId = pairs.one('signature_id');
    if (signatureId) fields['rule.id'] = signatureId;
  } else if (type === 'Anti-Virus' || type === 'Sandbox' || subtype === 'Virus') malware(fields, 'high');
  else judge(fields, verdictOf(subtype) ?? verdictOf(pairs.one('status')) ?? 'log');
}

function decodeUtm(pairs: KeyValues, fields: EventFields): void {
  setLevel(fields, pairs.one('severity')?.replace(/^warn$/, 'warning'));
  setCommon(pairs, fields);
  fields['observer.product'] = 'UTM';
  const id = pairs.one('id');
  if (id) fields['event.code'] = id;
  const name = pairs.one('name');
  if (name) fields['sophos.utm.name'] = name;
  const sub = pairs.one('sub') ?? '';
  if (sub === 'packetfilter') judge(fields, verdictOf(pairs.one('action')) ?? 'log');
  else if (sub === 'ips') {
    intrusion(fields, 'medium', verdictOf(pairs.one('action')));
    const reason = pairs.one('reason');
    if (reason) fields['rule.name'] = reason;
  } else if (sub === 'auth' || /authentication|log ?in/i.test(name ?? ''))
    login(fields, /fail|denied/i.test(name ?? '') ? 'failure' : 'success');
  else if (sub === 'http') {
    judge(fields, verdictOf(pairs.one('action')) ?? 'log');
    const method = pairs.one('method');
    if (method) fields['http.request.method'] = method;
    const status = Number(pairs.one('statuscode') ?? Number.NaN);
    if (status >= 100 && status <= 599) fields['http.response.status_code'] = status;
  } else if (/changed|configuration/i.test(name ?? '')) configured(fields);
  else fields['event.category'] = 'network';
}

export function isSophosUtm(message: string): boolean {
  return /^(?:id="|\d{4}:)/.test(message) && UTM.test(message.slice(0, 480));
}

/** Sophos Firewall (XG, XGS, Cyberoam) and Sophos UTM (Astaro): pairs, each its own names. */
export const sophos: Decoder = {
  name: 'sophos',
  types: ['sophos_xg', 'sophos-xg', 'sophos_fw', 'sophos-fw', 'sophos_utm', 'sophos-utm', 'sfos', 'cyberoam'],
  programs: [],
  anyProgram: true,
  wholeLines: true,
  recognise: (_header, message) => {
    const first = message.charCodeAt(0);
    // d, t, i, a digit, or a space before them
    if (first !== 100 && first !== 116 && first !== 105 && first !== 32 && !(first >= 48 && first <= 57))
      return false;
    return XG.test(message.slice(0, 560)) || isSophosUtm(message);
  },
  decode(message, _header, fields, context) {
    const utm = isSophosUtm(message);
    fields['event.module'] = 'sophos';
    fields['event.dataset'] = utm ? 'sophos.utm' : 'sophos.xg';
    if (message.length > LONGEST) return false;
    if (!utm) {
      const pairs = readKeyValues(message);
      if (!pairs.has('log_type')) return false;
      decodeXg(pairs, fields, context);
      return true;
    }
    const own = UTM.exec(message);
    if (own?.[1] !== undefined) {
      setTime(fields, isoInstant(`${own[1]}-${own[2] ?? ''}-${own[3] ?? ''} ${own[4] ?? ''}`, context));
      fields['host.name'] = own[5];
      if (own[6]) fields['process.name'] = own[6];
      if (own[7]) fields['process.pid'] = Number(own[7]);
    }
    decodeUtm(readKeyValues(message, { from: message.indexOf('id="') }), fields);
    return true;
  },
};
