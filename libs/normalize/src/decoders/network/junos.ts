import { EVENT_ACTION } from '@parapet/contracts';
import type { SyslogHeader } from '../../syslog-header.js';
import { classify } from '../decoder.js';
import type { Decoder, EventFields } from '../decoder.js';
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

const LONGEST = 16_384;
const MOST_PAIRS = 128;
/** A relay's line may hold the whole structured message: "2017-09-23T13:54:54.803Z srx RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.39 a="b"]". */
const NESTED =
  /^(?:1 )?\d{4}-\d\d-\d\dT\S{8,24} (\S{1,255}) ([\w-]{1,32}) (?:\d{1,10}|-) ([A-Z][A-Z0-9_]{2,63}) \[junos@[\d.]{1,64} /;
/** "RT_FLOW_SESSION_CREATE: text", "RT_FLOW: RT_FLOW_SESSION_CREATE: text", "SSHD_LOGIN_FAILED: text". */
const TEXT =
  /^(?:RT_[A-Z]{2,8}: )?((?:RT|SSHD|UI|LOGIN|IDP|AV|WEBFILTER|ANTISPAM|APPTRACK|SECINTEL|AAMW|KMD|PAM|DCD|SNMPD|TELNETD|FTPD|WEB|JSRPD|FWAUTH|RADIUS|PFE|PING)_[A-Z0-9_]{2,60}): ?/;
const PAIR = /([a-z][a-z0-9-]{0,63})="((?:[^"\\\]]|\\.){0,4096})"/gy;

function readPairs(text: string, from: number): KeyValues {
  const pairs = new KeyValues();
  PAIR.lastIndex = from;
  for (let match = PAIR.exec(text); match && pairs.pairs < MOST_PAIRS; match = PAIR.exec(text)) {
    pairs.add(match[1] ?? '', (match[2] ?? '').replace(/\\(["\]\\])/g, '$1'));
    if (text.charCodeAt(PAIR.lastIndex) === 32) PAIR.lastIndex++;
  }
  return pairs;
}

function structured(header: SyslogHeader): KeyValues | undefined {
  for (const [id, params] of Object.entries(header.structuredData ?? {})) {
    if (!id.startsWith('junos@')) continue;
    const pairs = new KeyValues();
    for (const [name, value] of Object.entries(params)) pairs.add(name, value);
    return pairs;
  }
  return undefined;
}

/** "192.0.2.1/80->198.51.100.2/443" as the text form of RT_FLOW has it, then service, and later the protocol's number. */
const FLOW_TEXT =
  /^session (created|closed|denied)(?: .{0,64}?)?:? ?([0-9A-Fa-f.:]{2,45})\/(\d{1,5})->([0-9A-Fa-f.:]{2,45})\/(\d{1,5})(?: 0x\w+)? (\S{1,64}) (.{0,2048})/;
const SSH_FAILED = /^Login failed for user '(.{0,256})' from host '([0-9A-Fa-f.:]{2,45})'$/;
const LOGIN_TEXT =
  /^(?:Login (failed|attempt)|User) .{0,8}(?:for user )?'?(.{1,256}?)'? from host '?(\S{2,255}?)'?$/;
const UI_AUTH = /^Authenticated user '(.{0,256})' (?:at|assigned to|as) /;
const UI_LOGIN =
  /^User '(.{0,256})' login, class '[^']{0,64}' \[\d{1,10}\], ssh-connection '([0-9A-Fa-f.:]{0,45}) ?(\d{0,5})/;
const UI_LOGOUT = /^User '(.{0,256})' logout/;
const UI_COMMAND = /^User '(.{0,256})', command '(.{0,2048})'/;
const SCREEN_TEXT =
  /^(.{1,80}?)! source: ([0-9A-Fa-f.]{7,15})(?::(\d{1,5}))?, destination: ([0-9A-Fa-f.]{7,15})(?::(\d{1,5}))?/;
const SCREEN_ONE = /^(.{1,80}?)! (?:From|source:) ([0-9A-Fa-f.:]{2,45})/;

function setPairs(pairs: KeyValues, fields: EventFields): void {
  const source = pairs.any(['source-address', 'src-ip', 'remote-address', 'client-address', 'source-ip']);
  const destination = pairs.any(['destination-address', 'dest-ip', 'local-address']);
  setEnds(
    fields,
    source
      ? {
          address: source,
          port: pairs.any(['source-port', 'src-port']),
          interface: pairs.any(['packet-incoming-interface', 'source-interface-name']),
        }
      : undefined,
    destination
      ? {
          address: destination,
          port: pairs.any(['destination-port', 'dest-port']),
          interface: pairs.one('destination-interface-name'),
        }
      : undefined,
  );
  setTransport(fields, pairs.any(['protocol-id', 'protocol-name', 'protocol']));
  const user = pairs.one('username') ?? pairs.one('user-name');
  setUser(fields, user);
  const policy = pairs.any(['policy-name', 'rule-name', 'rulebase-name']);
  if (policy) fields['rule.name'] = policy;
  const service = pairs.one('service-name');
  if (service && service !== 'None')
    fields['network.protocol'] = service.replace(/^junos-/, '').toLowerCase();
  const application = pairs.one('application');
  if (application && application !== 'UNKNOWN') fields['network.application'] = application.toLowerCase();
  const reason = pairs.one('reason');
  if (reason) fields['event.reason'] = reason;
  const url = pairs.one('url') ?? pairs.one('obj');
  if (url) fields['url.original'] = url;
}

function classifyTag(tag: string, pairs: KeyValues | undefined, fields: EventFields): void {
  const action = verdictOf(pairs?.any(['action', 'category-action']));
  if (/_SESSION_DENY/.test(tag)) judge(fields, 'drop');
  else if (/_SESSION_(?:CREATE|ROUTE_UPDATE)/.test(tag)) connected(fields, 'start');
  else if (/_SESSION_CLOSE/.test(tag)) connected(fields, 'end');
  else if (/^(?:RT_SCREEN|IDP_ATTACK|IDP_APPDDOS)/.test(tag)) {
    intrusion(fields, severityOf(pairs?.any(['threat-severity', 'severity'])) ?? 'high', action ?? 'drop');
    const name = pairs?.any(['attack-name']);
    if (name) fields['rule.name'] = name;
  } else if (/^(?:AV_VIRUS|AAMW_|SECINTEL_)/.test(tag)) malware(fields, 'high');
  else if (/^(?:WEBFILTER_URL|ANTISPAM|CONTENT_FILTERING)/.test(tag))
    judge(fields, action ?? (/BLOCKED|DROP/.test(tag) ? 'drop' : 'accept'));
  // A sum of attempts, each of which was told before.
  else if (/LOGIN_ATTEMPTS/.test(tag))
    classify(fields, 'authentication', 'info', EVENT_ACTION.loginWitness, 'failure');
  else if (/LOGIN_FAILED|AUTH_FAIL|AUTHENTICATION_FAIL|_FAILED_LOGIN|AUTH_ERR|LOGIN_REFUSED/.test(tag))
    login(fields, 'failure');
  else if (
    /^(?:UI_LOGIN_EVENT|UI_AUTH_EVENT|LOGIN_INFORMATION|LOGIN_ROOT|FWAUTH_.*_SUCCESS|WEB_AUTH_SUCCESS)|USR_AUTHENTICATED|AUTH_OK/.test(
      tag,
    )
  )
    login(fields, 'success');
  else if (/LOGOUT/.test(tag)) logout(fields);
  else if (/^UI_(?:CFG|COMMIT|CMDLINE|LOAD|CHILD)|_CONFIG/.test(tag)) configured(fields);
  else fields['event.category'] = /^(?:KMD|APPTRACK|PFE|RT)_/.test(tag) ? 'network' : 'host';
}

function decodeText(text: string, fields: EventFields): void {
  const flow = FLOW_TEXT.exec(text);
  if (flow) {
    setEnds(fields, { address: flow[2] ?? '', port: flow[3] }, { address: flow[4] ?? '', port: flow[5] });
    // The protocol's number is the first alone; rules and addresses of NAT may stand before it.
    const words = (flow[7] ?? '').split(' ', 12);
    const protocol = words
      .map((word) => /^(\d{1,3})(?:\(\d{1,5}\))?$/.exec(word)?.[1])
      .find((number) => number);
    setTransport(fields, protocol);
    return;
  }
  const ssh = SSH_FAILED.exec(text) ?? undefined;
  const place = ssh ?? LOGIN_TEXT.exec(text)?.slice(1) ?? undefined;
  if (place) {
    setUser(fields, place[1]);
    if (/^[0-9A-Fa-f.:]{2,45}$/.test(place[2] ?? '')) setEnds(fields, { address: place[2] ?? '' });
    return;
  }
  const entered = UI_LOGIN.exec(text);
  if (entered) {
    setUser(fields, entered[1]);
    if (entered[2]) setEnds(fields, { address: entered[2], port: entered[3] || undefined });
    return;
  }
  const command = UI_COMMAND.exec(text);
  if (command) fields['juniper.srx.command'] = command[2];
  setUser(fields, (UI_AUTH.exec(text) ?? UI_LOGOUT.exec(text) ?? command)?.[1]);
  const screen = SCREEN_TEXT.exec(text);
  if (screen)
    setEnds(
      fields,
      { address: screen[2] ?? '', port: screen[3] },
      { address: screen[4] ?? '', port: screen[5] },
    );
  const one = screen ?? SCREEN_ONE.exec(text);
  if (one) fields['rule.name'] = one[1];
  if (one && !screen) setEnds(fields, { address: one[2] ?? '' });
}

/** Whether a line is Junos's by its structured data or tag, whatever daemon's name it came under. */
export function isJunos(header: SyslogHeader, message: string): boolean {
  if (
    header.structuredData !== undefined &&
    Object.keys(header.structuredData).some((id) => id.startsWith('junos@'))
  )
    return true;
  const first = message.charCodeAt(0);
  if (first >= 65 && first <= 90) return TEXT.test(message.slice(0, 128));
  return first >= 48 && first <= 57 && NESTED.test(message.slice(0, 420));
}

/** Juniper Junos: SRX firewalls and the routers' and switches' own events. */
export const junos: Decoder = {
  name: 'juniper_srx',
  types: ['junos', 'juniper', 'srx', 'juniper_junos'],
  programs: ['RT_FLOW', 'RT_IDS', 'RT_IDP', 'RT_UTM', 'RT_AAMW', 'RT_SECINTEL', 'RT_SCREEN'],
  anyProgram: true,
  recognise: isJunos,
  decode(message, header, fields) {
    fields['event.module'] = 'juniper_srx';
    fields['event.dataset'] = 'juniper_srx.log';
    if (message.length > LONGEST) return false;
    const nested = NESTED.exec(message.slice(0, 420));
    const named = TEXT.exec(message.slice(0, 128));
    const tag = nested?.[3] ?? named?.[1] ?? header.msgid;
    if (tag === undefined || !/^[A-Z][A-Z0-9_]{2,63}$/.test(tag)) return false;
    const pairs = nested ? readPairs(message, nested[0].length) : structured(header);
    if (nested?.[1]) fields['host.name'] = nested[1];
    fields['observer.vendor'] = 'Juniper';
    fields['observer.product'] = 'Junos';
    fields['event.code'] = tag;
    classifyTag(tag, pairs, fields);
    if (pairs) setPairs(pairs, fields);
    if (!pairs?.one('source-address') && !pairs?.one('username'))
      decodeText(named ? message.slice(named[0].length) : message, fields);
    return true;
  },
};
