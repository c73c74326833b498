import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify, setPort, setSource } from '../decoder.js';
import { epochInstant, isoInstant, setTime } from '../event-time.js';
import { jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { setClient } from './client.js';
import {
  setAgent,
  setAnswer,
  setBytes,
  setDataset,
  setHost,
  setMethod,
  setProtocol,
  setReferrer,
  setRemoteUser,
  setTarget,
} from './http-fields.js';

/** The first value of a header; Caddy writes lists, an empty one for what it hides. */
function header(record: JsonRecord, name: string): string | undefined {
  const values = valueAt(record, 'request', 'headers', name);
  const first: unknown = Array.isArray(values) ? values[0] : undefined;
  return typeof first === 'string' ? first : undefined;
}

/** Caddy 2's access log (`http.log.access`), and its errors with a request (`http.log.error`, `http.handlers.…`). */
export const caddy = jsonDecoder({
  name: 'caddy',
  types: ['caddy-access'],
  programs: ['caddy'],
  recogniseRecord: (record) =>
    (typeof record.logger === 'string' &&
      /^http\.(?:log|handlers)\b/.test(record.logger) &&
      valueAt(record, 'request', 'remote_ip') !== undefined) ||
    (record.msg === 'handled request' && valueAt(record, 'request', 'remote_addr') !== undefined),
  decodeRecord(record, fields, context) {
    if (valueAt(record, 'request') === undefined) return false;
    setDataset(fields, 'caddy', 'access');
    const at = record.ts;
    setTime(fields, typeof at === 'string' ? isoInstant(at, context) : epochInstant(Number(at)));
    setAnswer(fields, numberAt(record, 'status'));
    setMethod(fields, textAt(record, 'request', 'method'));
    setTarget(fields, textAt(record, 'request', 'uri'));
    setHost(fields, textAt(record, 'request', 'host'));
    setProtocol(fields, textAt(record, 'request', 'proto'));
    setBytes(fields, numberAt(record, 'size'));
    setAgent(fields, header(record, 'User-Agent'));
    setReferrer(fields, header(record, 'Referer'));
    setRemoteUser(fields, textAt(record, 'user_id'));
    const level = textAt(record, 'level');
    if (level) fields['log.level'] = level;
    // client_ip is remote_ip, or what a trusted proxy said of it (Caddy 2.7).
    const remote = textAt(record, 'request', 'remote_ip');
    const client = textAt(record, 'request', 'client_ip');
    if (remote !== undefined) {
      setSource(fields, client ?? remote);
      const port = textAt(record, 'request', 'remote_port');
      if (port !== undefined && (client === undefined || client === remote))
        setPort(fields, 'source.port', port);
    } else setClient(fields, textAt(record, 'request', 'remote_addr') ?? '');
    const message = textAt(record, 'msg');
    if (message !== 'handled request' && record.status === undefined) {
      classify(fields, 'web', 'error', EVENT_ACTION.applicationEvent, 'failure');
      atLeast(fields, 'low');
    }
    return true;
  },
});
