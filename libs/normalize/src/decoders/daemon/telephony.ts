import { EVENT_ACTION } from '@parapet/contracts';
import { setPort } from '../decoder.js';
import type { EventFields } from '../decoder.js';
import { isoInstant } from '../event-time.js';
import {
  BROKE_PROTOCOL,
  CONNECTED,
  DISCONNECTED,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  REFUSED,
  SERVICE_STARTED,
} from '../meanings.js';
import { form, mean, setPeer, setUserName } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

/** A call or a challenge: no log-in that failed, but worth its address. */
const CALL_REJECTED: Meaning = { ...REFUSED, action: EVENT_ACTION.connectionDenied };
const CHALLENGED: Meaning = {
  category: 'authentication',
  type: 'info',
  action: EVENT_ACTION.userLogin,
  outcome: 'unknown',
};

/** security_events.c: what each says of the attempt. */
const SECURITY_EVENTS = new Map<string, Meaning>([
  ['InvalidAccountID', LOGIN_FAILED],
  ['InvalidPassword', LOGIN_FAILED],
  ['ChallengeResponseFailed', LOGIN_FAILED],
  ['FailedACL', REFUSED],
  ['AuthMethodNotAllowed', LOGIN_FAILED],
  ['UnexpectedAddress', LOGIN_FAILED],
  ['InvalidTransport', REFUSED],
  ['LoadAverageLimit', REFUSED],
  ['SessionLimit', REFUSED],
  ['MemoryLimit', REFUSED],
  ['RequestNotAllowed', REFUSED],
  ['RequestNotSupported', BROKE_PROTOCOL],
  ['RequestBadFormat', BROKE_PROTOCOL],
  ['SuccessfulAuth', LOGIN_SUCCEEDED],
  ['ChallengeSent', CHALLENGED],
]);
/** Those that end with nothing of the client's: the last RemoteAddress is asterisk's. */
const ENDS_OWN = new Set([
  'InvalidAccountID',
  'FailedACL',
  'UnexpectedAddress',
  'SessionLimit',
  'SuccessfulAuth',
]);
const EVENT = /^SecurityEvent="([A-Za-z]{1,40})",/;
const REMOTE = /RemoteAddress="IPV[46]\/(UDP|TCP|TLS|WS|WSS)\/([0-9A-Fa-f:.]{2,45})\/(\d{1,5})"/;
const LOCAL = /LocalAddress="IPV[46]\/(?:UDP|TCP|TLS|WS|WSS)\/([0-9A-Fa-f:.]{2,45})\/(\d{1,5})"/;

/** Account, session and response are the client's words and are not escaped: each name must stand once, or the last one end the line. */
function securityEvent(message: string, fields: EventFields): boolean {
  const kind = EVENT.exec(message)?.[1];
  const means = kind === undefined ? undefined : SECURITY_EVENTS.get(kind);
  if (kind === undefined || !means || message.length > 4096) return false;
  mean(fields, means);
  fields['event.reason'] = kind;
  const at = message.lastIndexOf('RemoteAddress="');
  const single = message.indexOf('RemoteAddress="') === at;
  const tail = at === -1 ? '' : message.slice(at);
  const remote = REMOTE.exec(tail);
  if (remote?.index === 0 && (single || (ENDS_OWN.has(kind) && /^(?:[^"]*"[^"]*"){1,3}$/.test(tail)))) {
    setPeer(fields, remote[2] ?? '', remote[3]);
    const transport = (remote[1] ?? '').toLowerCase();
    fields['network.transport'] = transport === 'udp' ? 'udp' : 'tcp';
  }
  if (!single) return true;
  const account = /,AccountID="([^"]{0,256})",/.exec(message);
  if (account && message.indexOf('AccountID="') === message.lastIndexOf('AccountID="'))
    setUserName(fields, account[1] ?? '');
  const local = LOCAL.exec(message);
  if (local && message.indexOf('LocalAddress="') === message.lastIndexOf('LocalAddress="')) {
    fields['destination.ip'] = local[1];
    setPort(fields, 'destination.port', local[2] ?? '');
  }
  return true;
}

/** Asterisk (chan_sip, res_pjsip, chan_iax2, manager) and its security log. */
export const asterisk = serviceDecoder({
  name: 'asterisk',
  types: ['asterisk-logs', 'freepbx'],
  programs: ['asterisk', 'NOTICE', 'SECURITY', 'safe_asterisk'],
  forms: [
    form(
      LOGIN_FAILED,
      "^Registration from '.{0,600}' failed for '\\[?<ip>\\]?(?::<port>)?'(?: \\(callid: [^()]{0,200}\\))? - (?<reason>[^']{1,120})$",
    ),
    form(
      LOGIN_FAILED,
      "^Request (?:'[A-Z]{1,16}' )?from '.{0,600}' failed for '\\[?<ip>\\]?(?::<port>)?'(?: \\(callid: [^()]{0,200}\\))? - (?<reason>[^']{1,120})$",
    ),
    form(
      CALL_REJECTED,
      "^Call from '[^']{0,128}' \\(\\[?<ip>\\]?:<port>\\) to extension '.{0,300}' rejected because <reason>$",
    ),
    form(
      CALL_REJECTED,
      "^(?:[^\\s:]{1,80}: )?Call \\((?:UDP|TCP|TLS|WS|WSS):\\[?<ip>\\]?:<port>\\) to extension '.{0,300}' rejected because <reason>$",
    ),
    form(LOGIN_FAILED, "^<ip> failed to (?<reason>authenticate|pass IP ACL) as '<user>'$"),
    form(
      LOGIN_FAILED,
      "^Host <ip> failed (?<reason>(?:MD5 |plaintext )?authentication) for '<user>'.{0,200}$",
    ),
    form(
      LOGIN_FAILED,
      "^Host <ip> (?:denied access to|failed to authenticate as) (?:register peer )?'<user>'$",
    ),
    form(LOGIN_FAILED, "^(?<reason>No registration for peer) '<user>' \\(from <ip>\\)$"),
    form(LOGIN_FAILED, "^<ip> tried to authenticate with nonexistent user '<user>'$"),
    form(
      CALL_REJECTED,
      '^(?:handle_request_[a-z]{1,20}: )?Sending fake auth rejection for (?:device|user) .{0,300}@\\[?<ip>\\]?(?::<port>)?>;tag=[A-Za-z0-9.-]{1,80}$',
    ),
    form(REFUSED, "^hacking attempt detected '<ip>'$"),
    form(LOGIN_FAILED, '^Failed to authenticate (?:user|device) .{0,600}@<ip>[^@]{0,80}$'),
    form(
      REFUSED,
      '^(?:Ext\\. s(?::\\d{1,4})?(?: in (?:@ )?[\\w. -]{1,80})?: )?"Rejecting unknown SIP connection from \\[?<ip>\\]?(?::<port>)?"$',
    ),
    form(
      REFUSED,
      '^(?:Ext\\. s(?::\\d{1,4})? in @ [\\w-]{1,80}: )"Rejecting unknown SIP connection from <ip>"$',
    ),
    form(SERVICE_STARTED, '^Asterisk [0-9A-Za-z.-]{1,40} built by .{1,300}$'),
  ],
  // "NOTICE[1638][C-00000fa9]: chan_sip.c:23417 in handle_request_register: ", with any part of it left out.
  lead: /^(?:\[[^\]]{1,40}\] )?(?:[A-Z]{5,8} ?\[\d{1,10}\](?:\[C-[0-9a-f]{8}\])?:? ?)?(?:[a-z0-9_/]{1,60}\.c:(?:\d{1,6})?(?: (?:in )?[a-z0-9_]{1,60}:)? {1,2})?/,
  file: {
    pattern:
      /^\[((?:\d{4}-\d\d-\d\d|[A-Z][a-z]{2} [ \d]\d) \d\d:\d\d:\d\d(?:\.\d{1,6})?)\] (?=[A-Z]{5,8} ?\[\d{1,10}\]|Asterisk )/,
    time: isoInstant,
  },
  before: securityEvent,
});

/** FreeSWITCH's mod_sofia: the address is the last word, the user is in brackets before it. */
export const freeswitch = serviceDecoder({
  name: 'freeswitch',
  programs: ['freeswitch'],
  forms: [
    form(
      LOGIN_FAILED,
      "^(?<reason>SIP auth failure) \\([A-Z]{1,16}\\) on sofia profile '[^']{1,80}' for \\[<user>\\] from ip <ip>$",
    ),
    form(
      CHALLENGED,
      "^SIP auth challenge \\([A-Z]{1,16}\\) on sofia profile '[^']{1,80}' for \\[<user>\\] from ip <ip>$",
    ),
    form(LOGIN_FAILED, "^(?<reason>Can't find user) \\[<user>\\] from <ip>$"),
    form(REFUSED, '^IP <ip> (?<reason>Rejected by .{1,80})$'),
    form(REFUSED, '^(?<reason>Rejected) .{1,200} from (?:ip )?<ip>$'),
  ],
  file: {
    pattern:
      /^((?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}) (?:\d{1,3}\.\d\d% )?\[[A-Z]{3,8}\] (?:\[SOFIA\] )?\[?[a-z_]{1,40}\.c:\d{1,6}\]? /,
    time: (text, context) => (/^\d{4}-/.test(text) ? isoInstant(text, context) : undefined),
  },
});

/** Mumble's server: "<W>TIME N => <session:NAME(id)> message". The name is the client's; the form's end is not. */
export const murmur = serviceDecoder({
  name: 'murmur',
  types: ['mumble', 'murmurd'],
  programs: ['murmurd', 'mumble-server', 'murmur'],
  forms: [
    form(
      LOGIN_FAILED,
      '^<\\d{1,10}:<user>\\(-?\\d{1,10}\\)> Rejected connection from \\[?<ip>\\]?:<port>: (?<reason>[^<>]{1,120})$',
    ),
    form(CONNECTED, '^<\\d{1,10}:\\(-?\\d{1,10}\\)> New connection: \\[?<ip>\\]?:<port>$'),
    form(LOGIN_SUCCEEDED, '^<\\d{1,10}:<user>\\(-?\\d{1,10}\\)> Authenticated$'),
    form(DISCONNECTED, '^<\\d{1,10}:<user>\\(-?\\d{1,10}\\)> Connection closed: .{1,200}$'),
    form(REFUSED, '^(?:Ignoring connection|Refusing connection): \\[?<ip>\\]?:<port>,? .{0,200}$'),
  ],
  file: { pattern: /^<[WFCDI]>(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) (?:\d{1,6} => )?/, time: isoInstant },
});
