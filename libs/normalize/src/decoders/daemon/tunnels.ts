import { asctimeInstant, isoInstant, wallClock, zoneOffset } from '../event-time.js';
import {
  BROKE_PROTOCOL,
  CONNECTED,
  DISCONNECTED,
  LOGGED_OUT,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  LOGIN_WITNESS,
  REFUSED,
} from '../meanings.js';
import { form, mean } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

/** "[name/]ADDRESS:PORT ": the name is the certificate's, which the authority signed. */
const PEER = String.raw`(?:(?<user>[^\s/]{1,128})/)?(?:\[AF_INET6?\])?\[?<ip>\]?:<port> `;

/** OpenVPN's server (ssl.c, ssl_verify.c, multi.c): the client stands before the message. */
export const openvpn = serviceDecoder({
  name: 'openvpn',
  types: ['ovpn'],
  programs: ['openvpn', 'ovpn-server'],
  programPattern: /^(?:ovpn|openvpn)[-_@.][\w.@-]{1,60}$/,
  forms: [
    form(
      LOGIN_FAILED,
      `^${PEER}TLS Auth Error: Auth Username/Password (?<reason>verification failed).{0,200}$`,
    ),
    form(LOGIN_WITNESS, `^${PEER}(?<reason>TLS Auth Error: .{1,300})$`),
    form(
      LOGIN_FAILED,
      `^${PEER}(?<reason>VERIFY (?:ERROR|SCRIPT ERROR|X509NAME ERROR|KU ERROR|EKU ERROR): .{1,400})$`,
    ),
    form(LOGIN_FAILED, `^${PEER}(?<reason>AUTH: Received control message: AUTH_FAILED.{0,200})$`),
    form(
      LOGIN_WITNESS,
      `^${PEER}(?<reason>(?:SENT CONTROL \\[.{0,128}\\]: 'AUTH_FAILED|WARNING: Failed running command \\(--auth-user-pass-verify\\)|PLUGIN_CALL: plugin function PLUGIN_AUTH_USER_PASS_VERIFY failed).{0,300})$`,
    ),
    form(
      LOGIN_SUCCEEDED,
      `^${PEER.replace('(?<user>', '(?:')}TLS: Username/Password authentication succeeded for username '<user>'.{0,60}$`,
    ),
    form(
      BROKE_PROTOCOL,
      `^${PEER}(?<reason>(?:TLS Error|TLS_ERROR|OpenSSL|Fatal TLS error|TLS handshake failed|Bad encapsulated packet|WARNING: Bad encapsulated packet|Authenticate/Decrypt packet error|Non-OpenVPN client protocol detected|tls-crypt(?:-v2)? (?:unwrap|wrap)|Connection reset).{0,500})$`,
    ),
    form(
      BROKE_PROTOCOL,
      '^(?<reason>(?:TLS Error|tls-crypt unwrap error|Authenticate/Decrypt packet error): .{1,120}?) (?:from|\\(via) \\[AF_INET6?\\]\\[?<ip>\\]?:<port>\\)?.{0,100}$',
    ),
    form(
      CONNECTED,
      `^${PEER}(?:TLS: Initial packet from|\\[[^\\[\\]]{1,128}\\] Peer Connection Initiated with) .{1,200}$`,
    ),
    form(
      LOGGED_OUT,
      `^${PEER}(?:SIGTERM\\[soft,(?:delayed-exit|remote-exit)\\]|SIGUSR1\\[soft,remote-exit\\]).{0,200}$`,
    ),
    form(
      DISCONNECTED,
      `^${PEER}(?:SIGUSR1|SIGTERM|Connection reset|Inactivity|\\[[^\\[\\]]{0,128}\\] Inactivity).{0,300}$`,
    ),
    form(
      CONNECTED,
      '^(?:TCP connection established with|Peer Connection Initiated with) \\[AF_INET6?\\]\\[?<ip>\\]?:<port>$',
    ),
    form(CONNECTED, `^${PEER}.{1,2000}$`),
    form(LOGIN_WITNESS, '^(?<reason>LDAP bind failed: .{1,300})$'),
    form(LOGIN_WITNESS, '^(?<reason>Incorrect password supplied for LDAP DN) "[^"]{0,300}"\\.?$'),
  ],
  lead: /^(?:us=\d{1,6} )?(?:MANAGEMENT: )?/,
  file: {
    pattern:
      /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) (?=(?:us=\d{1,6} )?(?:(?:[^\s/]{1,128}\/)?(?:\[AF_INET6?\])?\[?[0-9A-Fa-f:.]{2,45}\]?:\d{1,5} [A-Z[]|TLS Error: |TCP connection established))/,
    time: (text, context) => (/^\d/.test(text) ? isoInstant(text, context) : asctimeInstant(text, context)),
  },
});

/** strongSwan's charon: "12[IKE] message"; a peer's identity is its own claim until it is proven. */
export const strongswan = serviceDecoder({
  name: 'strongswan',
  types: ['charon', 'ipsec'],
  programs: ['charon', 'charon-systemd', 'ipsec', 'ipsec_starter', 'strongswan', 'pluto'],
  forms: [
    form(
      CONNECTED,
      '^(?:received|sending) packet: from \\[?<ip>\\]?\\[<port>\\] to \\[?<to>\\]?\\[<toport>\\](?: .{0,60})?$',
    ),
    form(CONNECTED, '^<ip> is initiating an? .{1,60}$'),
    form(LOGIN_SUCCEEDED, "^authentication of '(?<user>[^']{1,256})' with .{1,60} successful$"),
    form(LOGIN_FAILED, "^authentication of '<user>' with .{1,60} failed(?:: .{1,200})?$"),
    form(LOGIN_FAILED, "^tried \\d{1,4} shared keys? for '[^']{0,256}' - '<user>', but <reason>$"),
    form(LOGIN_FAILED, '^EAP method [A-Z0-9_-]{1,30} failed for peer <user>$'),
    form(
      LOGIN_FAILED,
      "^(?<reason>(?:EAP-[A-Z0-9a-z]{1,20} verification failed|XAuth authentication of '[^']{0,256}' failed).{0,200})$",
    ),
    form(
      LOGIN_SUCCEEDED,
      "^(?:XAuth authentication of|EAP method .{1,40} succeeded for) '?<user>'? successful$",
    ),
    form(
      LOGIN_FAILED,
      '^no (?:matching peer config found|peer config found|IKE config found for \\S{2,60}\\.\\.\\.<ip>)(?<reason>.{0,100})$',
    ),
    form(
      CONNECTED,
      '^IKE_SA \\S{1,80} established between (?<to>[0-9A-Fa-f:.]{2,45})\\[[^\\[\\]]{1,256}\\]\\.\\.\\.<ip>\\[[^\\[\\]]{1,256}\\]$',
    ),
    form(DISCONNECTED, '^(?:deleting IKE_SA|closing CHILD_SA) .{1,300}$'),
    form(
      BROKE_PROTOCOL,
      '^(?:received|generating) .{0,60}(?:NO_PROPOSAL_CHOSEN|AUTHENTICATION_FAILED|TS_UNACCEPT).{0,200}$',
    ),
    form(BROKE_PROTOCOL, '^no IKE config found for (?<to>[0-9A-Fa-f:.]{2,45})\\.\\.\\.<ip>, .{1,100}$'),
  ],
  lead: /^(?:\d{1,3}\[[A-Z]{2,5}\d?\] )?(?:<[^<>]{1,80}> )?/,
});

/** stunnel: "LOG3[thread]: message". */
export const stunnel = serviceDecoder({
  name: 'stunnel',
  programs: ['stunnel', 'stunnel4'],
  forms: [
    form(BROKE_PROTOCOL, '^(?:SSL|TLS)_(?:accept|connect) from \\[?<ip>\\]?:<port> ?: <reason>$'),
    form(
      BROKE_PROTOCOL,
      '^(?:Service \\[.{1,60}\\] )?(?:connection|Connection) from \\[?<ip>\\]?:<port> (?<reason>REFUSED.{0,100}|rejected.{0,100})$',
    ),
    form(
      REFUSED,
      '^(?:Service \\[.{1,60}\\] )?(?<reason>(?:access denied|Connection rejected).{0,40}) (?:from|for) \\[?<ip>\\]?:<port>.{0,60}$',
    ),
    form(
      CONNECTED,
      '^Service \\[.{1,60}\\] (?:accepted connection|connected remote server) from \\[?<ip>\\]?:<port>$',
    ),
    form(
      BROKE_PROTOCOL,
      '^(?:SSL|TLS)_(?:accept|connect|read|write): (?:Peer|.{0,200}error|[0-9A-F]{8}).{0,300}$',
    ),
    form(DISCONNECTED, '^Connection (?:closed|reset): .{1,100}$'),
  ],
  lead: /^LOG\d\[[\d:a-z-]{1,40}\]: /,
  file: {
    pattern: /^(\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d) (?=LOG\d\[)/,
    time: (text, context) => isoInstant(text.replaceAll('.', '-'), context),
  },
});

/** "user%NAME@" or "NAME@" may stand before a client that has proven who it is; address and port are joined by a dot. */
const SOCKS = String.raw`(?:[a-z0-9]{1,20}%(?<user>[^\s@%]{1,128})@)?<ip>\.<port>`;

/** Dante's sockd: "info: block(1): tcp/accept ]: CLIENT SERVER: text". */
export const dante = serviceDecoder({
  name: 'dante',
  types: ['danted', 'sockd'],
  programs: ['danted', 'sockd', 'dante'],
  forms: [
    form(
      LOGIN_FAILED,
      `^(?:block|pass)\\(\\d{1,6}\\): [a-z0-9]{2,5}/[a-z]{2,12} [\\[\\]-]: ${SOCKS.replace('(?<user>', '(?:')} \\S{1,128}: (?<reason>.{0,300}authentication failed)(?: for user "(?<user>.{0,300})")?$`,
    ),
    form(
      REFUSED,
      `^block\\(\\d{1,6}\\): [a-z0-9]{2,5}/[a-z]{2,12} [\\[\\]-]: ${SOCKS}(?: \\S{1,128})?(?::? <reason>)?$`,
    ),
    form(CONNECTED, `^pass\\(\\d{1,6}\\): [a-z0-9]{2,5}/[a-z]{2,12} [\\[-]: ${SOCKS}(?: .{0,600})?$`),
    form(DISCONNECTED, `^pass\\(\\d{1,6}\\): [a-z0-9]{2,5}/[a-z]{2,12} \\]: ${SOCKS}(?: .{0,600})?$`),
  ],
  lead: /^(?:\(\d{1,12}(?:\.\d{1,6})?\) )?(?:sockd\[\d{1,10}\]: )?(?:info|warning|error|debug): /,
});

const DAY_FIRST = /^(\d\d)-(\d\d)-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})/;
/** "service code user client:port server:port in out chain request"; the user's name has no space. */
const THREE_PROXY =
  /^([A-Z0-9]{2,8})\.\d{1,5} (\d{5}) (?<user>\S{1,256}) \[?(?<source>[0-9A-Fa-f:.]{2,45}?)\]?:(?<port>\d{1,5}) \[?(?<to>[0-9A-Fa-f:.]{2,45}?)\]?:(?<toport>\d{1,5}) \d{1,15} \d{1,15} \d{1,10}(?: .*)?$/s;

/** 3proxy in its default logformat. Codes 1 to 9 are failed authentication, 0 is success. */
export const threeProxy = serviceDecoder({
  name: '3proxy',
  programs: ['3proxy'],
  forms: [{ begins: '', pattern: THREE_PROXY, means: CONNECTED, names: false }],
  file: {
    pattern: /^(\d\d-\d\d-\d{4} \d\d:\d\d:\d\d [+-]\d{4}) (?=[A-Z0-9]{2,8}\.\d)/,
    time(text, context) {
      const at = DAY_FIRST.exec(text);
      if (!at) return undefined;
      const [day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0] = at.slice(1, 7).map(Number);
      return wallClock({ year, month, day, hour, minute, second, offset: zoneOffset(at[7]) }, context);
    },
  },
  after(message, fields) {
    const code = Number(THREE_PROXY.exec(message)?.[2] ?? 0);
    fields['3proxy.code'] = code;
    if (code >= 1 && code <= 9) mean(fields, LOGIN_FAILED);
    else if (code >= 10) mean(fields, { ...REFUSED, type: 'connection' });
    else fields['event.outcome'] = 'success';
    if (fields['destination.ip'] === '0.0.0.0') {
      delete fields['destination.ip'];
      delete fields['destination.port'];
    }
  },
});
