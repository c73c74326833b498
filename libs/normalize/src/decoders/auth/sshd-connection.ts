import { EVENT_ACTION, normalizeIp } from '@parapet/contracts';
import { atLeast, classify, setPort, setSource } from '../decoder.js';
import type { EventFields } from '../decoder.js';
import { findEndTail, findPeerAtEnd, findPeerBeforeReason } from './sshd-tail.js';

const PEER = '([0-9A-Fa-f:.]{2,45}(?:%\\w{1,16})?)';
const PORT = '(\\d{1,5})';

type Act = 'connect' | 'end' | 'protocol' | 'refused';

/** Messages whose address stands at a fixed place, before any word of the client. */
const FIXED: readonly { pattern: RegExp; act: Act }[] = [
  {
    pattern: new RegExp(
      `^Connection from ${PEER}(?: port ${PORT}(?: on ([0-9A-Fa-f:.]+) port ${PORT})?)?(?: rdomain "[^"]*")?$`,
    ),
    act: 'connect',
  },
  { pattern: new RegExp(`^Received disconnect from ${PEER}(?: port ${PORT})?: ?\\d+:`), act: 'end' },
  { pattern: new RegExp(`^Unable to negotiate with ${PEER}(?: port ${PORT})?: `), act: 'protocol' },
  {
    pattern: new RegExp(
      `^(?:banner exchange|ssh_dispatch_run_fatal): Connection from ${PEER} port ${PORT}: `,
    ),
    act: 'protocol',
  },
  {
    pattern: new RegExp(
      `^Timeout before authentication for (?:connection from )?${PEER}(?: port ${PORT})?(?: to \\S+, pid = \\d+)?$`,
    ),
    act: 'protocol',
  },
  {
    pattern: new RegExp(`^Read error from remote host (?:[a-z]+ user \\S+ )?${PEER}(?: port ${PORT})?: `),
    act: 'end',
  },
  { pattern: new RegExp(`^drop connection #\\d+ from \\[${PEER}\\]:${PORT} on `), act: 'refused' },
  { pattern: new RegExp(`^Address ${PEER} maps to `), act: 'connect' },
  {
    pattern: new RegExp(`^reverse mapping checking getaddrinfo for \\S+ \\[${PEER}\\] failed`),
    act: 'connect',
  },
  { pattern: new RegExp(`^refused connect from \\S+ \\(${PEER}\\)$`), act: 'refused' },
];

/** Beginnings of messages that name no address. */
const NAMELESS = [
  'kex_exchange_identification: ',
  'Read from socket failed: ',
  'no matching ',
  'Bad packet length ',
  'Disconnecting: ',
  'Protocol major versions differ',
  'Unable to negotiate a key exchange method',
  'ssh_dispatch_run_fatal: ',
  'channel ',
  'server_input_channel_open: ',
  'getpeername failed: ',
  'get_remote_port failed',
  'packet_write_wait: ',
  'ssh_packet_write_wait: ',
  'beginning MaxStartups throttling',
  'exited MaxStartups throttling',
  'Write failed: ',
  'Corrupted MAC on input',
];

const CLOSED = /^(?:Connection (?:closed|reset) by|Disconnected from) /;
const WHO = /^(?:(invalid|authenticating) user |user )/;

function network(fields: EventFields, act: Act): true {
  if (act === 'refused') {
    classify(fields, 'network', 'denied', EVENT_ACTION.sshConnection, 'failure');
    atLeast(fields, 'low');
  } else if (act === 'protocol') {
    classify(fields, 'network', 'protocol', EVENT_ACTION.sshProtocolFailure, 'failure');
    atLeast(fields, 'low');
  } else classify(fields, 'network', act === 'end' ? 'end' : 'start', EVENT_ACTION.sshConnection, 'unknown');
  return true;
}

/** "… by|from [invalid|authenticating user USER |user USER ]ADDR[ port N]"; `text` begins behind by|from. */
function closed(text: string, fields: EventFields): boolean {
  const who = WHO.exec(text);
  // The space before the address belongs to the pattern; without a user there is none.
  const tail = findPeerAtEnd(who ? text : ` ${text}`);
  if (tail && (who ? tail.start >= who[0].length - 1 : tail.start === 0)) {
    setSource(fields, tail.address, tail.port);
    const name = who ? text.slice(who[0].length, tail.start) : '';
    if (name !== '') fields['user.name'] = name;
  }
  if (who?.[1] === 'invalid') fields['labels.invalid_user'] = true;
  return network(fields, 'end');
}

/** "Disconnecting [invalid|authenticating] user USER ADDR port N: reason" */
function disconnecting(message: string, fields: EventFields): boolean {
  const text = message.slice(14);
  const who = WHO.exec(text);
  const tail = findPeerBeforeReason(who ? text : ` ${text}`);
  if (tail && (who ? tail.start >= who[0].length - 1 : tail.start === 0)) {
    setSource(fields, tail.address, tail.port);
    const name = who ? text.slice(who[0].length, tail.start) : '';
    if (name !== '') fields['user.name'] = name;
  }
  if (who?.[1] === 'invalid') fields['labels.invalid_user'] = true;
  return network(fields, 'end');
}

/** "Did not receive identification string from A", "Bad protocol version identification 'TEXT' from A port N" */
function noProtocol(message: string, fields: EventFields): boolean {
  const tail = findEndTail(message);
  if (tail && normalizeIp(tail.address) !== undefined) setSource(fields, tail.address, tail.port);
  return network(fields, 'protocol');
}

const SESSION =
  /^(?:Starting session: .{1,256} for|Close session: user) (\S{1,256}) from ([0-9A-Fa-f:.]{2,45}) port (\d{1,5}) id \d+$/;

/** sshd's messages around a connection; none of them is an attempt to log in. */
export function connectionMessage(message: string, fields: EventFields): boolean {
  const end = CLOSED.exec(message);
  if (end) return closed(message.slice(end[0].length), fields);
  if (message.startsWith('Disconnecting ') && !message.startsWith('Disconnecting: '))
    return disconnecting(message, fields);
  if (
    message.startsWith('Did not receive identification string from ') ||
    message.startsWith('Bad protocol version identification ')
  ) {
    return noProtocol(message, fields);
  }
  for (const { pattern, act } of FIXED) {
    const match = pattern.exec(message);
    if (!match) continue;
    // Old releases write "from 2001:db8::1: 11: …"; the address pattern can't tell the last colon.
    const [, address = '', port, here, herePort] = match;
    if (!setSource(fields, address, port) && address.endsWith(':'))
      setSource(fields, address.slice(0, -1), port);
    const local = here === undefined ? undefined : normalizeIp(here);
    if (local) fields['destination.ip'] = local;
    if (local && herePort) setPort(fields, 'destination.port', herePort);
    return network(fields, act);
  }
  const session = SESSION.exec(message);
  if (session) {
    const opened = message.startsWith('S');
    classify(
      fields,
      'session',
      opened ? 'start' : 'end',
      opened ? EVENT_ACTION.sessionOpened : EVENT_ACTION.sessionClosed,
      'success',
    );
    setSource(fields, session[2] ?? '', session[3]);
    fields['user.name'] = session[1];
    return true;
  }
  return NAMELESS.some((head) => message.startsWith(head))
    ? network(fields, message.startsWith('Disconnecting: ') ? 'end' : 'protocol')
    : false;
}
