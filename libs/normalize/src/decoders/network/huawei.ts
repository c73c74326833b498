import type { Decoder, EventFields } from '../decoder.js';
import { readKeyValues } from '../key-values.js';
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
  verdictOf,
} from './verdict.js';

const LONGEST = 8192;
/** "%%01URL/4/FILTER(l)[12]:": version, module, level, mnemonic, kind of information. */
const FORM =
  /^%%\d{2}([A-Z0-9_-]{1,32})\/([0-7])\/([A-Za-z0-9_-]{1,64})(?:\((\w{1,4})\))?(?:\[\d{1,10}\])?: ?/;

function classifyMessage(
  module: string,
  mnemonic: string,
  text: string,
  action: string | undefined,
  fields: EventFields,
): void {
  const name = mnemonic.toUpperCase();
  const verdict = verdictOf(action);
  if (
    /LOGIN_?FAIL|AUTH_?FAIL|LOGINFAILED|AUTHFAIL|USERLOGINFAIL/.test(name) ||
    /\bfailed to log ?in\b|login failed/i.test(text)
  )
    login(fields, 'failure');
  else if (/LOGOUT/.test(name)) logout(fields);
  else if (/LOGIN|AUTH_?SUCC/.test(name)) login(fields, 'success');
  else if (/^CMD|^(?:CMDRECORD|CMDRECORDFAILED)$/.test(name) || module === 'CONFIGURATION')
    configured(fields);
  else if (/^(?:IPS|AGILE|ATK|DEFEND|SEC_ATTACK|ATTACK)/.test(module))
    intrusion(fields, 'high', verdict ?? 'drop');
  else if (module === 'AV') malware(fields, 'high');
  else if (/SESSION_TEARDOWN|AGINGSESSION/.test(name)) connected(fields, 'end');
  else if (/SESSION/.test(name)) connected(fields, 'start');
  else if (/PACKET_?FILTER|POLICY|FILTER|ACL/.test(`${module}${name}`))
    judge(fields, verdict ?? (/DENY/.test(name) ? 'drop' : /PERMIT/.test(name) ? 'accept' : 'log'));
  else fields['event.category'] = 'network';
}

/** Huawei USG firewalls and VRP routers. */
export const huawei: Decoder = {
  name: 'huawei_usg',
  types: ['huawei', 'usg', 'vrp', 'huawei-usg'],
  programs: [],
  programPattern: /^%%\d{2}[A-Z]/,
  recognise: (_header, message) => message.charCodeAt(0) === 37 && FORM.test(message.slice(0, 160)),
  decode(message, header, fields) {
    fields['event.module'] = 'huawei_usg';
    fields['event.dataset'] = 'huawei_usg.log';
    if (message.length > LONGEST) return false;
    const whole = header.program?.startsWith('%%')
      ? `${header.program}${header.pid ? `[${header.pid}]` : ''}: ${message}`
      : message;
    const form = FORM.exec(whole);
    if (!form) return false;
    const [head, module = '', level, mnemonic = ''] = form;
    const text = whole.slice(head.length);
    fields['observer.vendor'] = 'Huawei';
    fields['event.code'] = `${module}/${mnemonic}`;
    setLevel(fields, level);
    // Pairs stand in parentheses behind a sentence, or are all there is.
    const open = text.search(/\((?=[A-Za-z][A-Za-z_ -]{1,40}=)/);
    const pairs = readKeyValues(text.slice(open + 1).replace(/\)?\.? *$/, ''), { commas: true });
    const action = pairs.any(['Action', 'action']);
    classifyMessage(module, mnemonic, text, action, fields);
    const source = pairs.any([
      'SrcIp',
      'SourceIP',
      'SrcIP',
      'source-ip',
      'Source-IP',
      'IP',
      'Ip',
      'UserIP',
      'IPAddress',
      'IpAddress',
    ]);
    const destination = pairs.any(['DstIp', 'DestinationIP', 'DstIP', 'destination-ip', 'Destination-IP']);
    setEnds(
      fields,
      source
        ? { address: source, port: pairs.any(['SrcPort', 'SourcePort', 'source-port', 'Source-Port']) }
        : undefined,
      destination
        ? {
            address: destination,
            port: pairs.any(['DstPort', 'DestinationPort', 'destination-port', 'Destination-Port']),
          }
        : undefined,
    );
    setTransport(fields, pairs.any(['Protocol', 'protocol', 'Proto']));
    setUser(fields, pairs.any(['User', 'UserName', 'user', 'UserAccount']));
    const policy = pairs.any(['Policy', 'PolicyName', 'policy-name']);
    if (policy) fields['rule.name'] = policy;
    const host = pairs.one('Host');
    if (host) fields['url.domain'] = host;
    return true;
  },
};
