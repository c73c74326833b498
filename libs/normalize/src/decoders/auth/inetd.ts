import { CONNECTED, DISCONNECTED, LOGIN_FAILED, LOGIN_SUCCEEDED, REFUSED } from '../meanings.js';
import { form } from '../message-form.js';
import { isoInstant, wallClock } from '../event-time.js';
import { serviceDecoder } from '../service-decoder.js';

/** xinetd: "START|EXIT|FAIL: service [reason ]from=ADDRESS". */
export const xinetd = serviceDecoder({
  name: 'xinetd',
  programs: ['xinetd', 'inetd'],
  forms: [
    form(REFUSED, '^FAIL: \\S{1,64} (?<reason>[a-z_ ]{1,40}) from=<ip>(?: .{0,100})?$'),
    form(REFUSED, '^FAIL: \\S{1,64} from=<ip>(?: .{0,100})?$'),
    form(CONNECTED, '^START: \\S{1,64} (?:pid=\\d{1,10} )?from=<ip>$'),
    form(DISCONNECTED, '^EXIT: \\S{1,64} .{1,100}$'),
    form(REFUSED, '^\\S{1,64}: (?<reason>refused connection from|connection refused from) <ip>.{0,100}$'),
  ],
});

/** rshd and rlogind, and the words that tcp_wrappers' services share. */
export const rsh = serviceDecoder({
  name: 'rsh',
  types: ['rshd', 'rlogin'],
  module: 'system',
  dataset: 'system.auth',
  programs: ['rshd', 'rlogind', 'in.rshd', 'in.rlogind', 'rexecd', 'in.rexecd', 'tcpd'],
  forms: [
    form(REFUSED, '^Connection from <peer> on (?<reason>illegal port)$', true),
    form(
      REFUSED,
      '^(?<reason>refused connect|Connection refused) (?:from|by tcp_wrappers from) <peer>(?: \\(.{1,60}\\))?$',
      true,
    ),
    form(
      LOGIN_FAILED,
      '^(?<reason>[Pp]ermission denied|rhosts authentication failed).{0,40} (?:to|for) \\S{0,256} ?(?:as|from) \\S{1,256}@<peer>.{0,100}$',
      true,
    ),
    form(LOGIN_SUCCEEDED, "^(?<user>\\S{1,128})@<peer> as \\S{1,128}: cmd='.{0,1000}'$", true),
    form(CONNECTED, '^connect(?:ion)? from <peer>(?: \\(.{1,60}\\))?$', true),
  ],
});

/** endlessh, a tar pit for SSH: nobody honest stays there. */
export const endlessh = serviceDecoder({
  name: 'endlessh',
  programs: ['endlessh', 'endlessh-go'],
  forms: [
    form(
      { ...CONNECTED, severity: 'low' },
      '^ACCEPT host=<ip> port=<port> (?:fd=\\d{1,10} )?n=\\d{1,10}/\\d{1,10}$',
    ),
    form({ ...CONNECTED, severity: 'low' }, '^ACCEPT host=<ip> port=<port>.{0,100}$'),
    form(DISCONNECTED, '^CLOSE host=<ip> port=<port> .{0,100}$'),
  ],
  lead: /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )?/,
  file: { pattern: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?=ACCEPT|CLOSE)/, time: isoInstant },
});

/** xrdp-sesman: "AUTHFAIL: user=NAME ip=ADDRESS time=EPOCH", and log-ins that went well. */
export const xrdp = serviceDecoder({
  name: 'xrdp',
  types: ['xrdp-sesman'],
  programs: ['xrdp', 'xrdp-sesman'],
  forms: [
    form(LOGIN_FAILED, '^AUTHFAIL: user=<user> ip=<ip> time=\\d{1,12}$'),
    form(LOGIN_FAILED, '^login failed for (?:display|user):? <user>$'),
    form(
      LOGIN_SUCCEEDED,
      '^(?:Access permitted for user: |access permitted for user: |login successful for (?:user|display) )(?<user>\\S{1,256})$',
    ),
    form(
      CONNECTED,
      '^(?:Socket \\d{1,6}: )?(?:AF_INET6? )?connection (?:received|accepted) from \\[?<ip>\\]? port <port>$',
    ),
    form(CONNECTED, '^Received session creation request for user (?<user>\\S{1,256})$'),
  ],
  lead: /^(?:\[(?:INFO|WARN|ERROR|CORE|DEBUG) ?\] )?/,
  file: {
    pattern: /^\[(\d{8}-\d\d:\d\d:\d\d)\] (?=\[)/,
    time(text, context) {
      const at = /^(\d{4})(\d\d)(\d\d)-(\d\d):(\d\d):(\d\d)$/.exec(text);
      if (!at) return undefined;
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = at.slice(1).map(Number);
      return wallClock({ year, month, day, hour, minute, second }, context);
    },
  },
});
