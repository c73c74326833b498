import { EVENT_ACTION } from '@parapet/contracts';
import { classify } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
import { ciscoMessage, looksCisco, setRelayed } from './cisco-message.js';
import {
  configured,
  connected,
  intrusion,
  judge,
  login,
  logout,
  setEnds,
  setLevel,
  setTransport,
  setUser,
  verdictOf,
} from './verdict.js';

const LONGEST_MESSAGE = 8192;
/** An address, or the name that the device has for it. */
const ADDRESS = '[0-9A-Za-z.:_-]{2,64}';

/** IPACCESSLOGP and its kin (SEC, FMANFP, IPV6, IPV6_ACL, ACL-IPV4_ACL). NX-OS and IOS-XR differ in the words alone. */
const ACCESS_LIST = new RegExp(
  `^(?:\\S{1,16}: +)?(?:\\w{1,32}: +)?(?:access-)?list (\\S{1,128}) (permitted|denied|permit|deny) (\\w{1,20}) (?:[0-9a-fA-F.:-]{14,17} )?` +
    `(${ADDRESS})(?:\\((\\d{1,5})\\))? ?(?:\\([^()]{0,80}\\) ?|[A-Za-z][A-Za-z0-9/.-]{1,40})?-> (${ADDRESS})(?:\\((\\d{1,5})\\))?(?: \\((\\d{1,3})(?:/(\\d{1,3}))?\\))?, (\\d{1,10}) packets?`,
);
/** The device writes the address and the rest of the line behind the name that was typed. */
const LOGIN = new RegExp(
  `^Login (failed|Success) \\[user: (.{0,256})\\] \\[Source: (${ADDRESS})\\] \\[localport: (\\d{1,5})\\]`,
  'i',
);
const SSH_LOGIN = new RegExp(
  `^User '(.{0,256})' authentication for SSH2? Session from (${ADDRESS}) \\(tty = \\d+\\) .{0,200}(Succeeded|Failed)$`,
);
const SSH_SESSION = new RegExp(
  `^SSH2? (?:Session request )?(?:from|session from) (${ADDRESS}) \\(tty = \\d+\\)`,
  'i',
);
const CONFIGURED = new RegExp(
  `^Configured from \\S{1,64} by (.{1,256}) on \\S{1,32}(?: \\((${ADDRESS})\\))?$`,
);
const NX_CONFIGURED = new RegExp(`^Configured from \\S{1,64} by (\\S{1,128}) on (${ADDRESS})@`);
const LOGGED_COMMAND = /^User:(.{0,256}?) {1,2}logged command:(.{0,2048})$/;
const LOGOUT = new RegExp(`^User (.{1,256}) has exited tty session \\d+\\((${ADDRESS})\\)`);
const PRIVILEGE = new RegExp(
  `^Authentication to Privilege level \\d+ (passed|failed) by (.{1,256}) on \\S{1,32}(?: \\((${ADDRESS})\\))?$`,
);
const PORT_AUTH =
  /^(?:Authentication|Authorization) (failed|succeeded)[a-z ]{0,40} for client \(([0-9a-fA-F.]{14}|Unknown MAC)\)/;
const SIGNATURE = new RegExp(
  `^Sig:(\\d{1,6}) Subsig:\\d{1,4} Sev:(\\w{1,16}) (.{1,200}) \\[(${ADDRESS}):(\\d{1,5}) -> (${ADDRESS}):(\\d{1,5})\\]`,
);
const SNMP = new RegExp(`^Authentication failure for SNMP req(?:uest)? from (?:host )?(${ADDRESS})`);
const FIREWALL_DROP =
  /%?(?:FW-\d-DROP_PKT: )?Dropping (\w{1,12}) (?:pkt|packet|session) (?:from \S{1,64} )?([0-9.]{7,15}):(\d{1,5}) => ([0-9.]{7,15}):(\d{1,5})/;
const FIREWALL_SESSION =
  /(Start|Stop) \S{1,32} session: initiator \(([0-9.]{7,15}):(\d{1,5})\).{0,60}? -- responder \(([0-9.]{7,15}):(\d{1,5})\)/;
/** NX-OS hands on what its daemons say: "… - sshd[1234]". */
const NX_PAM = new RegExp(
  `^(?:pam_aaa:|error: PAM: )Authentication fail(?:ed|ure) for (?:(illegal) )?user (.{0,256}) from (${ADDRESS}) - (\\w+)\\[\\d+\\]$`,
);
const NX_ACCEPTED = new RegExp(
  `^Accepted \\w{1,32} for (.{1,256}) from (${ADDRESS}) port (\\d{1,5}) ssh2 - sshd\\[\\d+\\]$`,
);

function decodeAccessList(text: string, fields: EventFields): boolean {
  const match = ACCESS_LIST.exec(text);
  if (!match) return false;
  const [, rule, verdict, protocol, source = '', sport, destination = '', dport, type, code, packets] = match;
  judge(fields, verdictOf(verdict) ?? 'log');
  setEnds(fields, { address: source, port: sport }, { address: destination, port: dport });
  setTransport(fields, protocol);
  fields['rule.name'] = rule;
  fields['network.packets'] = Number(packets);
  if (type !== undefined && code !== undefined) {
    fields['cisco.ios.icmp.type'] = type;
    fields['cisco.ios.icmp.code'] = code;
  }
  return true;
}

function decodeLogin(mnemonic: string, text: string, fields: EventFields): boolean {
  let match = mnemonic.startsWith('LOGIN_') || mnemonic.startsWith('QUIET') ? LOGIN.exec(text) : null;
  if (match) {
    const [, result = '', user, source = '', port] = match;
    login(fields, result.toLowerCase() === 'failed' ? 'failure' : 'success');
    setEnds(fields, { address: source });
    fields['destination.port'] = Number(port);
    if (!user?.includes('] [Source: ')) setUser(fields, user);
    return true;
  }
  match = SSH_LOGIN.exec(text);
  if (match) {
    login(fields, match[3] === 'Failed' ? 'failure' : 'success');
    setUser(fields, match[1]);
    setEnds(fields, { address: match[2] ?? '' });
    return true;
  }
  match = PRIVILEGE.exec(text);
  if (match) {
    login(fields, match[1] === 'failed' ? 'failure' : 'success');
    setUser(fields, match[2]);
    if (match[3]) setEnds(fields, { address: match[3] });
    return true;
  }
  match = NX_PAM.exec(text);
  if (match) {
    login(fields, 'failure');
    if (match[1]) fields['labels.invalid_user'] = true;
    setUser(fields, match[2]);
    setEnds(fields, { address: match[3] ?? '' });
    return true;
  }
  match = NX_ACCEPTED.exec(text);
  if (match) {
    login(fields, 'success');
    setUser(fields, match[1]);
    setEnds(fields, { address: match[2] ?? '', port: match[3] });
    return true;
  }
  match = SNMP.exec(text);
  if (match) {
    login(fields, 'failure');
    fields['network.protocol'] = 'snmp';
    setEnds(fields, { address: match[1] ?? '' });
    return true;
  }
  match = PORT_AUTH.exec(text);
  if (!match) return false;
  login(fields, match[1] === 'failed' ? 'failure' : 'success');
  const mac = match[2]?.replaceAll('.', '').toUpperCase() ?? '';
  if (mac.length === 12) fields['source.mac'] = mac.replace(/(..)(?=.)/g, '$1-');
  return true;
}

function decodeAdministration(text: string, fields: EventFields): boolean {
  const set = NX_CONFIGURED.exec(text) ?? CONFIGURED.exec(text);
  if (set) {
    configured(fields);
    setUser(fields, set[1]);
    if (set[2]) setEnds(fields, { address: set[2] });
    return true;
  }
  const command = LOGGED_COMMAND.exec(text);
  if (command) {
    configured(fields);
    setUser(fields, command[1]);
    fields['cisco.ios.command'] = command[2];
    return true;
  }
  const left = LOGOUT.exec(text);
  if (!left) return false;
  logout(fields);
  setUser(fields, left[1]);
  setEnds(fields, { address: left[2] ?? '' });
  return true;
}

function decodeTraffic(text: string, fields: EventFields): boolean {
  const signature = SIGNATURE.exec(text);
  if (signature) {
    const [, id, , name, source = '', sport, destination = '', dport] = signature;
    intrusion(fields, 'high', undefined);
    fields['rule.id'] = id;
    fields['rule.name'] = name;
    setEnds(fields, { address: source, port: sport }, { address: destination, port: dport });
    return true;
  }
  const dropped = FIREWALL_DROP.exec(text);
  if (dropped) {
    judge(fields, 'drop');
    setTransport(fields, dropped[1]);
    setEnds(
      fields,
      { address: dropped[2] ?? '', port: dropped[3] },
      { address: dropped[4] ?? '', port: dropped[5] },
    );
    return true;
  }
  const session = FIREWALL_SESSION.exec(text);
  if (session) {
    connected(fields, session[1] === 'Start' ? 'start' : 'end');
    setEnds(
      fields,
      { address: session[2] ?? '', port: session[3] },
      { address: session[4] ?? '', port: session[5] },
    );
    return true;
  }
  const ssh = SSH_SESSION.exec(text);
  if (!ssh) return false;
  connected(fields, 'info', text.endsWith('Failed') ? 'failure' : 'success');
  setEnds(fields, { address: ssh[1] ?? '' });
  return true;
}

/** Cisco IOS, IOS-XE, IOS-XR and NX-OS: routers and switches. */
export const ciscoIos: Decoder = {
  name: 'cisco_ios',
  types: ['cisco-ios', 'ios', 'ios-xe', 'ios-xr', 'nxos', 'nx-os', 'cisco_nexus', 'cisco'],
  programs: [],
  anyProgram: true,
  programPattern: /^%[A-Z]/,
  recognise: (header, message) => looksCisco(header, message),
  decode(message, header, fields) {
    fields['event.module'] = 'cisco_ios';
    fields['event.dataset'] = 'cisco_ios.log';
    const said = message.length <= LONGEST_MESSAGE ? ciscoMessage(header, message) : undefined;
    if (!said) return false;
    setRelayed(header, fields);
    fields['observer.vendor'] = 'Cisco';
    fields['observer.product'] = 'IOS';
    fields['observer.type'] = 'router';
    fields['event.code'] = said.mnemonic;
    fields['cisco.ios.facility'] = said.facility;
    setLevel(fields, said.level);
    const { mnemonic, text } = said;
    if (decodeAccessList(text, fields)) return true;
    if (decodeLogin(mnemonic, text, fields) || decodeAdministration(text, fields)) return true;
    if (decodeTraffic(text, fields)) return true;
    if (mnemonic === 'QUIET_MODE_ON')
      classify(fields, 'intrusion_detection', 'info', EVENT_ACTION.intrusionDetected);
    else fields['event.category'] = 'host';
    return true;
  },
};
