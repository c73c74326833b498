import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify, setDestination } from '../decoder.js';
import type { DecodeContext, Decoder, EventFields } from '../decoder.js';
import { clfInstant, setTime } from '../event-time.js';
import { setClient } from './client.js';
import { setAnswer, setBytes, setDataset, setRequestLine } from './http-fields.js';

const HEAD =
  /^(\[?[0-9A-Fa-f.:]{2,45}\]?:\d{1,5}|unix:\d{1,5}) \[(\d\d\/[A-Za-z]{3}\/\d{4}:\d\d:\d\d:\d\d\.\d{1,3})\] /;
const TIMERS = '[+-]?\\d{1,10}';
/** Configuration manual 8.2.3: frontend backend/server TR/Tw/Tc/Tr/Ta status bytes cookies termination connections queues. */
const HTTP = new RegExp(
  `^(\\S{1,255}) ([^/ ]{1,255})/(\\S{1,255}) ${TIMERS}/${TIMERS}/${TIMERS}/${TIMERS}/\\+?\\d{1,10} (-1|\\d{3}) \\+?(\\d{1,15}) \\S{1,255} \\S{1,255} (\\S{4}) [\\d/+]{5,60} \\d{1,10}/\\d{1,10} `,
);
/** 8.2.2: frontend backend/server Tw/Tc/Tt bytes termination connections queues. */
const TCP = new RegExp(
  `^(\\S{1,255}) ([^/ ]{1,255})/(\\S{1,255}) ${TIMERS}/${TIMERS}/\\+?\\d{1,10} \\+?(\\d{1,15}) (\\S{2}) [\\d/+]{5,60} \\d{1,10}/\\d{1,10}$`,
);
/** 8.2.5: frontend/bind: reason. */
const ERROR = /^([^/ ]{1,255})\/([^: ]{1,255}): (.{1,512})$/s;
/** 8.2.1 */
const CONNECT = /^Connect from (\S{2,60}) to (\S{2,60}) \((\S{1,255})\/([A-Z]{3,5})\)$/;

function setNames(fields: EventFields, frontend = '', backend = '', server = ''): void {
  fields['haproxy.frontend_name'] = frontend.replace(/~$/, '');
  fields['haproxy.backend_name'] = backend;
  if (server !== '<NOSRV>' && server !== '-') fields['haproxy.server_name'] = server;
}

function http(fields: EventFields, rest: string): boolean {
  const match = HTTP.exec(rest);
  if (!match) return false;
  setDataset(fields, 'haproxy', 'log');
  setAnswer(fields, match[4] === '-1' ? undefined : match[4]);
  setBytes(fields, match[5]);
  setNames(fields, match[1], match[2], match[3]);
  fields['haproxy.termination_state'] = match[6];
  // Captured headers in braces stand before it, with quotes encoded; a cut line has no closing quote.
  const quote = rest.indexOf('"', match[0].length);
  if (quote !== -1) {
    const end = rest.lastIndexOf('"');
    const request = rest.slice(quote + 1, end > quote ? end : undefined);
    if (request !== '<BADREQ>') setRequestLine(fields, request);
  }
  return true;
}

function tcp(fields: EventFields, rest: string): boolean {
  const match = TCP.exec(rest);
  if (!match) return false;
  setNames(fields, match[1], match[2], match[3]);
  fields['haproxy.termination_state'] = match[5];
  fields['network.bytes'] = Number(match[4]);
  fields['network.transport'] = 'tcp';
  classify(fields, 'network', 'end', EVENT_ACTION.connection, match[5] === '--' ? 'success' : 'failure');
  return true;
}

function error(fields: EventFields, rest: string): boolean {
  const match = ERROR.exec(rest);
  if (!match) return false;
  fields['haproxy.frontend_name'] = match[1];
  fields['haproxy.bind_name'] = match[2];
  fields['event.reason'] = match[3];
  classify(fields, 'network', 'protocol', EVENT_ACTION.protocolFailure, 'failure');
  atLeast(fields, 'low');
  return true;
}

function decodeLine(message: string, fields: EventFields, context: DecodeContext): boolean {
  const head = HEAD.exec(message);
  if (head) {
    const rest = message.slice(head[0].length);
    if (!http(fields, rest) && !tcp(fields, rest) && !error(fields, rest)) return false;
    setClient(fields, head[1] ?? '', false, true);
    setTime(fields, clfInstant(head[2] ?? '', context));
    return true;
  }
  const connect = CONNECT.exec(message);
  if (!connect) return false;
  setClient(fields, connect[1] ?? '', false, true);
  const to = /^(.{2,45}):(\d{1,5})$/.exec(connect[2] ?? '');
  if (to) setDestination(fields, to[1] ?? '', to[2]);
  fields['haproxy.frontend_name'] = connect[3];
  classify(fields, 'network', 'start', EVENT_ACTION.connection);
  return true;
}

/** HAProxy's default, TCP, HTTP and error formats (configuration manual, chapter 8.2). */
export const haproxy: Decoder = {
  name: 'haproxy',
  types: ['haproxy-http-auth', 'hapee'],
  programs: ['haproxy', 'hapee-lb'],
  wholeLines: true,
  recognise: (_header, line) => line.includes('] ') && HEAD.test(line),
  decode(message, _header, fields, context) {
    setDataset(fields, 'haproxy', 'log');
    return decodeLine(message.trimEnd(), fields, context);
  },
};
