import { setSource } from '../decoder.js';
import type { DecodeContext, EventFields } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { jsonDecoder, numberAt, textAt } from '../json/index.js';
import { clientOfChain, setClient } from './client.js';
import {
  present,
  setAgent,
  setAnswer,
  setBytes,
  setDataset,
  setHost,
  setMethod,
  setProtocol,
  setRequestLine,
  setTarget,
} from './http-fields.js';
import { quotedStrings, readQuoted } from './quoted.js';

const START = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\] "/;
const STATUS = /^ (\d{1,3}) (\S{1,128}) /;

/**
 * Envoy's default format and Istio's:
 * [START] "METHOD PATH PROTOCOL" CODE FLAGS … RECEIVED SENT DURATION UPSTREAM "X-FORWARDED-FOR" "AGENT" "REQUEST-ID" "AUTHORITY" "UPSTREAM".
 * Headers are written raw: without exactly five strings at the end, a header held a quote, and none is taken.
 */
function decodeText(line: string, fields: EventFields, context: DecodeContext): boolean {
  const start = START.exec(line);
  if (!start) return false;
  const request = readQuoted(line, start[0].length - 1);
  const status = STATUS.exec(line.slice(request.end, request.end + 160));
  if (!status) return false;
  setDataset(fields, 'envoyproxy', 'log');
  setTime(fields, isoInstant(start[1] ?? '', context));
  setAnswer(fields, status[1] === '0' ? undefined : status[1]);
  if (status[2] !== '-') fields['envoyproxy.response_flags'] = status[2];
  setRequestLine(fields, request.text);
  let rest = line.slice(request.end + status[0].length);
  // Istio's failure reason is quoted too, and stands before the counts.
  const reason = /^\S{1,256} \S{1,128} "/.exec(rest);
  if (reason) rest = rest.slice(readQuoted(rest, reason[0].length - 1).end + 1);
  const counts = /^(\d{1,15}) (\d{1,15}) (\d{1,12}) (\d{1,12}|-) "/.exec(rest);
  if (!counts) return true;
  setBytes(fields, counts[2]);
  const tail = rest.slice(counts[0].length - 1);
  const strings = quotedStrings(tail, 0, 6);
  if (strings.length !== 5) return true;
  const [forwarded, agent, id, authority] = strings;
  setAgent(fields, agent);
  if (present(id)) fields['http.request.id'] = id;
  setHost(fields, authority);
  const last = tail.lastIndexOf('"');
  const words = tail
    .slice(last + 1)
    .trim()
    .split(' ');
  // Istio: cluster, upstream local, downstream local, downstream remote address, server name, route.
  if (words.length >= 4 && setClient(fields, words[3] ?? '')) return true;
  const client = present(forwarded) ? clientOfChain(forwarded) : undefined;
  if (client !== undefined) setSource(fields, client);
  return true;
}

const json = jsonDecoder({
  name: 'envoy',
  types: ['envoyproxy', 'istio-proxy', 'istio', 'envoy-gateway', 'contour'],
  programs: ['envoy', 'istio-proxy'],
  recogniseRecord: (record) =>
    'response_code' in record && ('downstream_remote_address' in record || 'upstream_cluster' in record),
  decodeRecord(record, fields, context) {
    if (!('response_code' in record)) return false;
    setDataset(fields, 'envoyproxy', 'log');
    setTime(fields, isoInstant(textAt(record, 'start_time') ?? '', context));
    const code = numberAt(record, 'response_code');
    setAnswer(fields, code === 0 ? undefined : code);
    setMethod(fields, textAt(record, 'method'));
    setTarget(
      fields,
      textAt(record, 'x-envoy-origin-path') ??
        textAt(record, 'path') ??
        textAt(record, 'x-envoy-original-path'),
    );
    setHost(fields, textAt(record, ':authority') ?? textAt(record, 'authority'));
    setProtocol(fields, textAt(record, 'protocol'));
    setBytes(fields, numberAt(record, 'bytes_sent'));
    setAgent(fields, textAt(record, 'user-agent') ?? textAt(record, 'user_agent'));
    const id = textAt(record, 'x-request-id') ?? textAt(record, 'request_id');
    if (id) fields['http.request.id'] = id;
    const remote = textAt(record, 'downstream_remote_address');
    const forwarded = textAt(record, 'x-forwarded-for') ?? textAt(record, 'x_forwarded_for');
    if (remote !== undefined) setClient(fields, remote);
    else if (forwarded !== undefined) {
      const client = clientOfChain(forwarded);
      if (client !== undefined) setSource(fields, client);
    }
    return true;
  },
});

/** Envoy and what is built on it (Istio, Envoy Gateway, Contour). */
export const envoy = {
  ...json,
  anyProgram: true,
  wholeLines: true,
  recognise: (_header: unknown, line: string) => line.charCodeAt(0) === 91 && START.test(line),
  decode(...[message, header, fields, context]: Parameters<typeof json.decode>): boolean {
    setDataset(fields, 'envoyproxy', 'log');
    return decodeText(message, fields, context) || json.decode(message, header, fields, context);
  },
};
