import { clfInstant, setTime } from '../event-time.js';
import type { DecodeContext, Decoder, EventFields } from '../decoder.js';
import { setSource } from '../decoder.js';
import {
  setAgent,
  setAnswer,
  setBytes,
  setDataset,
  setHost,
  setMethod,
  setReferrer,
  setRequestLine,
  setTarget,
} from './http-fields.js';
import { quotedStrings, readQuoted } from './quoted.js';

/**
 * nginx-proxy-manager's formats "proxy" and "standard":
 * [time] (CACHE UPSTREAM_STATUS )STATUS - METHOD SCHEME HOST "URI" [Client ADDR] [Length N] [Gzip R] [Sent-to S] "AGENT" "REFERRER".
 * nginx escapes quotes in what clients send.
 */
const PROXY_MANAGER =
  /^\[(\d{1,2}\/[A-Za-z]{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] (?:(-|[A-Z]{3,12}) [\d, :-]{1,64} )?(\d{3}) - ([A-Z_-]{1,32}) ([a-z]{1,8}|-) (\S{1,255}) "/;
const CLIENT = /^ \[Client ([0-9A-Fa-f.:]{2,45})\] \[Length (\d{1,15}|-)\] \[Gzip [^\]]{0,16}\]/;
/** NPMplus: [time] HOST ADDR SECONDS "REQUEST" STATUS BYTES BYTES REFERRER AGENT. */
const NPMPLUS =
  /^\[(\d{1,2}\/[A-Za-z]{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] (\S{1,255}) ([0-9A-Fa-f.:]{2,45}) \d{1,8}\.\d{1,6} "/;
const NPMPLUS_TAIL = /^ (\d{3}) (\d{1,15}) \d{1,15} (\S+) ?/;

function proxyManager(line: string, fields: EventFields, context: DecodeContext): boolean {
  const head = PROXY_MANAGER.exec(line);
  if (!head) return false;
  const uri = readQuoted(line, head[0].length - 1);
  const client = CLIENT.exec(line.slice(uri.end, uri.end + 128));
  if (!client) return false;
  setDataset(fields, 'nginx', 'access');
  setTime(fields, clfInstant(head[1] ?? '', context));
  setAnswer(fields, head[3]);
  setMethod(fields, head[4]);
  setTarget(fields, uri.text);
  if (head[5] !== '-') fields['url.scheme'] = head[5];
  setHost(fields, head[6]);
  setSource(fields, client[1] ?? '');
  setBytes(fields, client[2]);
  const [agent, referrer] = quotedStrings(line, uri.end + client[0].length, 2);
  setAgent(fields, agent);
  setReferrer(fields, referrer);
  return true;
}

/** Referrer and agent stand without quotes: a referrer with a space would move into the agent, nothing else. */
function npmplus(line: string, fields: EventFields, context: DecodeContext): boolean {
  const head = NPMPLUS.exec(line);
  if (!head) return false;
  const request = readQuoted(line, head[0].length - 1);
  const tail = NPMPLUS_TAIL.exec(line.slice(request.end, request.end + 8192));
  if (!tail) return false;
  setDataset(fields, 'nginx', 'access');
  setTime(fields, clfInstant(head[1] ?? '', context));
  setAnswer(fields, tail[1]);
  setBytes(fields, tail[2]);
  setRequestLine(fields, request.text);
  setHost(fields, head[2]);
  setSource(fields, head[3] ?? '');
  setReferrer(fields, tail[3]);
  setAgent(fields, line.slice(request.end + tail[0].length));
  return true;
}

/** Lines that begin with the time in brackets, host and client behind it. */
export function decodeProxyManager(line: string, fields: EventFields, context: DecodeContext): boolean {
  return proxyManager(line, fields, context) || npmplus(line, fields, context);
}

export const nginxProxyManager: Decoder = {
  name: 'nginx_proxy_manager',
  types: ['nginx-proxy-manager', 'npm', 'npmplus'],
  programs: ['nginx-proxy-manager', 'npmplus'],
  anyProgram: true,
  wholeLines: true,
  recognise: (_header, line) => line.startsWith('[') && (PROXY_MANAGER.test(line) || NPMPLUS.test(line)),
  decode(line, _header, fields, context) {
    setDataset(fields, 'nginx', 'access');
    return decodeProxyManager(line, fields, context);
  },
};
