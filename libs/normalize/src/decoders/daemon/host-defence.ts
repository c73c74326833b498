import { EVENT_ACTION } from '@parapet/contracts';
import { epochInstant, isoInstant, wallClock } from '../event-time.js';
import { CONNECTED, DISCONNECTED, LOGIN_FAILED, PORT_SCAN, REFUSED } from '../meanings.js';
import { form } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

const BANNED: Meaning = {
  category: 'intrusion_detection',
  type: 'denied',
  action: EVENT_ACTION.addressBanned,
  outcome: 'success',
  severity: 'low',
};
const UNBANNED: Meaning = { ...BANNED, type: 'info', action: EVENT_ACTION.addressUnbanned, severity: 'info' };
/** fail2ban's filter saw a line; the program's own line counts. */
const FOUND: Meaning = { category: 'intrusion_detection', type: 'info', action: EVENT_ACTION.loginWitness };

/** fail2ban's own log: "fail2ban.actions [pid]: NOTICE [jail] Ban ADDRESS". */
export const fail2ban = serviceDecoder({
  name: 'fail2ban',
  types: ['recidive'],
  programs: ['fail2ban', 'fail2ban-server', 'fail2ban.actions', 'fail2ban.filter'],
  programPattern: /^fail2ban\.[a-z]{1,20}$/,
  forms: [
    form(BANNED, '^\\[[\\w .-]{1,64}\\] (?:Restore |Increase )?Ban <ip>(?: .{0,60})?$'),
    form(UNBANNED, '^\\[[\\w .-]{1,64}\\] Unban <ip>$'),
    form(BANNED, '^\\[[\\w .-]{1,64}\\] <ip> already banned$'),
    form(FOUND, '^\\[[\\w .-]{1,64}\\] (?:Found|Ignore) <ip>(?: .{0,80})?$'),
  ],
  lead: /^(?:fail2ban\.[a-z]{1,20} *)?(?:\[\d{1,10}\]: )?(?:(?:NOTICE|INFO|WARNING|ERROR|DEBUG) +)?/,
  file: { pattern: /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?=fail2ban\.)/, time: isoInstant },
});

const US_TIME = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d)/;

/** portsentry's history file: "epoch - MM/DD/YYYY time Host: name/ADDRESS Port: N TCP Blocked". */
export const portsentry = serviceDecoder({
  name: 'portsentry',
  programs: ['portsentry'],
  forms: [
    form(PORT_SCAN, '^Host: (?<host>[^\\s/]{1,255})/<ip> Port: <toport> (?:TCP|UDP) Blocked$'),
    form(
      PORT_SCAN,
      '^attackalert: .{1,60} from host: (?<host>[^\\s/]{1,255})/<ip> to (?:TCP|UDP) port: <toport>$',
    ),
    form(BANNED, '^attackalert: Host:? <ip> has been blocked via .{1,300}$'),
  ],
  file: {
    pattern: /^\d{10} - (\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d) (?=Host: )/,
    time(text, context) {
      const at = US_TIME.exec(text);
      if (!at) return undefined;
      const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = at.slice(1).map(Number);
      return wallClock({ year, month, day, hour, minute, second }, context);
    },
  },
  after(message, fields) {
    const transport = / (TCP|UDP) /.exec(message);
    if (transport) fields['network.transport'] = (transport[1] ?? '').toLowerCase();
  },
});

/** scanlogd: "ADDRESS[:port] to ADDRESS [and others,] ports 80, 81, …, flags, TOS, TTL @time". */
export const scanlogd = serviceDecoder({
  name: 'scanlogd',
  programs: ['scanlogd'],
  forms: [
    form(PORT_SCAN, '^<ip> to <to>(?: and others)?,? ports [0-9, .]{1,200}(?:, .{0,200})?$'),
    form(PORT_SCAN, '^<ip>:<port> to <to>(?: and others)?,? ports? [0-9, .]{1,200}(?:, .{0,200})?$'),
  ],
});

/** OSSEC's and Wazuh's active-response.log: "date script add|delete user ADDRESS alert rule". */
export const activeResponse = serviceDecoder({
  name: 'ossec-active-response',
  types: ['active-response'],
  module: 'ossec',
  dataset: 'ossec.active_response',
  programs: ['ossec-execd', 'wazuh-execd'],
  forms: [
    form(
      BANNED,
      '^/\\S{1,200}/(?:[a-z-]{1,40})(?:\\.(?:sh|py|cmd))? add (?<user>\\S{1,128}) <ip> [0-9.]{1,40} \\d{1,10}(?: .{0,200})?$',
    ),
    form(
      UNBANNED,
      '^/\\S{1,200}/(?:[a-z-]{1,40})(?:\\.(?:sh|py|cmd))? delete (?<user>\\S{1,128}) <ip> [0-9.]{1,40} \\d{1,10}(?: .{0,200})?$',
    ),
  ],
  file: {
    pattern: /^[A-Z][a-z]{2} ([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:[A-Z]{2,5} )?\d{4}) (?=\/)/,
    time(text, context) {
      // The zone's short name is not one that can be read safely; the source's zone holds.
      const at = /^(...) ([ \d]\d) (\d\d):(\d\d):(\d\d) (?:[A-Z]{2,5} )?(\d{4})$/.exec(text);
      if (!at) return undefined;
      const month = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(at[1] ?? '') / 3 + 1;
      const [day = 0, hour = 0, minute = 0, second = 0, year = 0] = at.slice(2).map(Number);
      return wallClock({ year, month, day, hour, minute, second }, context);
    },
  },
});

/** Valve's dedicated servers: "L MM/DD/YYYY - time: text". What was typed is in quotes before the address. */
export const counterStrike = serviceDecoder({
  name: 'counter-strike',
  types: ['hlds', 'srcds'],
  programs: ['hlds', 'srcds'],
  forms: [
    form(LOGIN_FAILED, '^Bad Rcon: ".{0,1000}" from "<ip>:<port>"$'),
    form(LOGIN_FAILED, '^rcon from "<ip>:<port>": Bad Password$'),
    form(REFUSED, '^Banning <ip> for rcon .{1,100}$'),
  ],
  file: {
    pattern: /^L (\d\d\/\d\d\/\d{4} - \d\d:\d\d:\d\d): /,
    time(text, context) {
      const at = US_TIME.exec(text.replace(' - ', ' '));
      if (!at) return undefined;
      const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = at.slice(1).map(Number);
      return wallClock({ year, month, day, hour, minute, second }, context);
    },
  },
});

/** ejabberd until 16 ("I(<pid>:module:line) : ") and since ("date [level] <pid>@module:function:line text"). */
export const ejabberd = serviceDecoder({
  name: 'ejabberd',
  types: ['ejabberd-auth'],
  programs: ['ejabberd'],
  forms: [
    form(
      LOGIN_FAILED,
      '^\\({1,3}.{1,300}\\) Failed authentication for <user> from (?:IP )?(?:::FFFF:)?<ip>(?: \\(\\{.{1,80}\\}\\))?$',
    ),
    form(
      LOGIN_FAILED,
      '^\\(.{1,300}\\) Failed (?:c2s )?[A-Za-z0-9-]{0,20} ?authentication for <user> from <ip>: .{1,200}$',
    ),
    form(
      CONNECTED,
      '^\\(.{1,120}\\) Accepted (?:legacy |c2s )?connection (?:\\{\\{[0-9,]{7,40}\\},\\d{1,5}\\} -> .{1,60}|(?:\\[?<ip>\\]?):<port> -> \\[?<to>\\]?:<toport>)$',
    ),
    form(DISCONNECTED, '^\\(.{1,300}\\) Closing c2s .{1,200}$'),
  ],
  file: {
    pattern:
      /^(?:[EWID]\(<[0-9.]{3,30}>:[a-z0-9_]{1,40}:\d{1,6}\) : |(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6}(?:[+-]\d\d:\d\d)?) \[[a-z]{4,8}\] <[0-9.]{3,30}>@[\w:/]{1,80}:\d{1,6} )/,
    time: (text, context) => (text === '' ? undefined : isoInstant(text, context)),
  },
});

/** HP's (Compaq's) management server. */
export const cimserver = serviceDecoder({
  name: 'cimserver',
  programs: ['cimserver'],
  forms: [form(LOGIN_FAILED, '^PGS\\d{5}: Authentication failed for user <user>\\.$')],
});

/** tcpdump's text: "time IP A.port > B.port: Flags [S], …". */
export const tcpdump = serviceDecoder({
  name: 'tcpdump',
  programs: ['tcpdump'],
  forms: [
    form(
      CONNECTED,
      '^IP6? (?<source>[0-9A-Fa-f:.]{2,45})\\.<port> > (?<to>[0-9A-Fa-f:.]{2,45})\\.<toport>: (?:Flags \\[.{1,12}\\]|UDP|[A-Z0-9+*|-]{1,24}).{0,600}$',
    ),
    form(
      CONNECTED,
      '^IP6? (?<source>[0-9A-Fa-f:.]{2,45}) > (?<to>[0-9A-Fa-f:.]{2,45}): (?:ICMP6?|[A-Z]).{0,600}$',
    ),
  ],
  file: {
    pattern: /^(\d\d:\d\d:\d\d\.\d{6}|\d{10}\.\d{6}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}) (?=IP6? )/,
    time(text, context) {
      if (/^\d{10}/.test(text)) return epochInstant(Number(text));
      return text.length > 15 ? isoInstant(text, context) : undefined;
    },
  },
  after(message, fields) {
    fields['network.type'] = message.startsWith('IP6') ? 'ipv6' : 'ipv4';
    if (message.includes(': Flags [')) fields['network.transport'] = 'tcp';
    else if (message.includes(': UDP')) fields['network.transport'] = 'udp';
    else if (message.includes(': ICMP')) fields['network.transport'] = 'icmp';
  },
});
