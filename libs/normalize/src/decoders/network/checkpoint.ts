import type { Decoder, EventFields } from '../decoder.js';
import { epochInstant, setTime } from '../event-time.js';
import { KeyValues } from '../key-values.js';
import {
  configured,
  connected,
  intrusion,
  judge,
  login,
  logout,
  malware,
  setEnds,
  setTransport,
  setUser,
  severityOf,
  verdictOf,
} from './verdict.js';

const LONGEST = 32_768;
const MOST_PAIRS = 256;
/** Log Exporter's "syslog" format: RFC 5424 in looks, with `name:"value"; ` in the brackets. */
const FORM = /^ ?(?:1 \d{4}-\S{10,32} (\S{1,255}) CheckPoint \d{1,10} - )?\[(?=[\w-]{1,64}::?")/;

/** `name:"value"; name:"value"`. Quotes in a value come escaped as \" and brackets as \]; a value ends at `";` or `"]`. */
function readPairs(text: string, from: number): KeyValues {
  const pairs = new KeyValues();
  let at = from;
  while (at < text.length && pairs.pairs < MOST_PAIRS) {
    const name = /^[; ]*([\w-]{1,64})::?"/.exec(text.slice(at, at + 80));
    if (!name) break;
    at += name[0].length;
    let end = text.indexOf('"', at);
    while (end !== -1 && !isEnd(text, end)) end = text.indexOf('"', end + 1);
    if (end === -1) break; // cut off
    pairs.add(name[1] ?? '', text.slice(at, end).replace(/\\(["\]\\])/g, '$1'));
    at = end + 1;
  }
  return pairs;
}

function isEnd(text: string, at: number): boolean {
  if (text.charCodeAt(at - 1) === 92) return false;
  const next = text.charCodeAt(at + 1);
  return next === 59 || next === 93 || at + 1 === text.length;
}

function classifyRecord(pairs: KeyValues, fields: EventFields): void {
  const action = pairs.any(['action', 'rule_action']) ?? '';
  const operation = pairs.one('operation') ?? '';
  const product = pairs.one('product') ?? '';
  const failed = pairs.one('audit_status') === 'Failure' || /^Failed Log ?In$/i.test(action);
  if (/^Log ?In$/i.test(operation) || /^(?:Failed )?Log ?In$/i.test(action))
    return login(fields, failed ? 'failure' : 'success');
  if (/^Log ?Out$/i.test(operation) || /^Log ?Out$/i.test(action)) return logout(fields);
  // Client authentication: Authorize logs a user on, Deauthorize off, Reject turns one away.
  if (action === 'Authorize') return login(fields, 'success');
  if (action === 'Deauthorize') return logout(fields);
  if (
    action === 'Reject' &&
    /Mobile Access|Identity Awareness|Endpoint|VPN/.test(product) &&
    pairs.any(['user', 'src_user_name'])
  )
    return login(fields, 'failure');
  if (operation !== '' && pairs.has('administrator'))
    return configured(fields, failed ? 'failure' : 'success');
  if (pairs.has('attack') || pairs.has('protection_name') || /SmartDefense|IPS/.test(product)) {
    intrusion(fields, severityOf(pairs.one('severity')) ?? 'medium', verdictOf(action));
    const name = pairs.any(['protection_name', 'attack']);
    if (name) fields['rule.name'] = name;
    return;
  }
  if (pairs.has('malware_action') || /Anti-?(?:Virus|Bot|Malware)|Threat Emulation/i.test(product))
    return malware(fields, severityOf(pairs.one('severity')) ?? 'high');
  if (action === 'Key Install' || action === 'VPN routing' || action === 'Flag')
    return connected(fields, 'info', 'unknown');
  judge(fields, verdictOf(action) ?? 'log');
}

/** Check Point (Smart-1, Quantum) by Log Exporter in its syslog format; CEF and LEEF exports are read by those. */
export const checkpoint: Decoder = {
  name: 'checkpoint',
  types: ['check_point', 'check-point', 'checkpoint_smart1', 'checkpoint-smart1', 'smart1'],
  programs: ['CheckPoint'],
  recognise: (_header, message) => {
    const first = message.charCodeAt(0);
    return (first === 91 || first === 49 || first === 32) && FORM.test(message.slice(0, 400));
  },
  anyProgram: true,
  decode(message, header, fields) {
    fields['event.module'] = 'checkpoint';
    fields['event.dataset'] = 'checkpoint.firewall';
    const form = message.length <= LONGEST ? FORM.exec(message.slice(0, 400)) : null;
    if (!form) return false;
    const pairs = readPairs(message, form[0].length);
    if (pairs.pairs === 0) return false;
    if (form[1]) fields['host.name'] = form[1];
    const time = pairs.one('time');
    if (time && /^\d{10}$/.test(time)) setTime(fields, epochInstant(Number(time)));
    const source = pairs.any(['src', 'client_ip', 'src_ip']);
    const destination = pairs.one('dst');
    const service = pairs.one('service');
    setEnds(
      fields,
      source ? { address: source, port: pairs.one('s_port') } : undefined,
      destination
        ? { address: destination, port: service && /^\d{1,5}$/.test(service) ? service : undefined }
        : undefined,
    );
    setTransport(fields, pairs.one('proto'));
    setUser(fields, pairs.any(['user', 'src_user_name', 'administrator', 'src_user']));
    fields['observer.vendor'] = 'Check Point';
    const product = pairs.one('product');
    if (product) fields['observer.product'] = product;
    const origin = pairs.one('origin');
    if (origin) fields['observer.ip'] = origin;
    const rule = pairs.first('rule_name');
    if (rule) fields['rule.name'] = rule;
    const uid = pairs.first('rule_uid');
    if (uid) fields['rule.id'] = uid;
    const action = pairs.one('action');
    if (action) fields['checkpoint.action'] = action;
    const nic = pairs.one('ifname');
    if (nic) fields['observer.ingress.interface.name'] = nic;
    const direction = pairs.one('ifdir');
    if (direction) fields['network.direction'] = direction;
    const said = pairs.one('additional_info');
    if (said) fields['event.reason'] = said;
    classifyRecord(pairs, fields);
    // Its brackets look like structured data and are none: the export's way, no fault of this line.
    if (header.problem !== undefined) delete fields['labels.parse_error'];
    return true;
  },
};
