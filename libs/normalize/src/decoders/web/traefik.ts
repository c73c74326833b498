import { normalizeIp } from '@parapet/contracts';
import { setPort } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { jsonDecoder, numberAt, textAt } from '../json/index.js';
import { decodeAccessLine } from './access-log.js';
import { splitPeer } from './client.js';
import {
  present,
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

const json = jsonDecoder({
  name: 'traefik',
  types: ['traefik-auth', 'traefik-json'],
  programs: ['traefik'],
  recogniseRecord: (record) =>
    typeof record.ClientHost === 'string' && 'RequestMethod' in record && 'RequestPath' in record,
  decodeRecord(record, fields, context) {
    const host = textAt(record, 'ClientHost');
    if (host === undefined) return false;
    setDataset(fields, 'traefik', 'access');
    setTime(fields, isoInstant(textAt(record, 'StartUTC') ?? textAt(record, 'time') ?? '', context));
    setAnswer(fields, numberAt(record, 'DownstreamStatus') ?? numberAt(record, 'OriginStatus'));
    setBytes(fields, numberAt(record, 'DownstreamContentSize'));
    setMethod(fields, textAt(record, 'RequestMethod'));
    setTarget(fields, textAt(record, 'RequestPath'));
    setHost(fields, textAt(record, 'RequestHost') ?? textAt(record, 'RequestAddr'));
    setProtocol(fields, textAt(record, 'RequestProtocol'));
    const scheme = textAt(record, 'RequestScheme');
    if (scheme) fields['url.scheme'] = scheme;
    setAgent(fields, textAt(record, 'request_User-Agent'));
    setReferrer(fields, textAt(record, 'request_Referer'));
    setRemoteUser(fields, textAt(record, 'ClientUsername'));
    const router = textAt(record, 'RouterName');
    if (router) fields['traefik.router'] = router;
    // ClientHost is X-Forwarded-For where a peer that Traefik trusts sent one: its last entry is that peer's own.
    const last = normalizeIp(splitPeer(host.slice(host.lastIndexOf(',') + 1).trim()).address);
    if (last !== undefined) fields['source.ip'] = last;
    const port = textAt(record, 'ClientPort');
    if (
      last !== undefined &&
      present(port) &&
      last === normalizeIp(splitPeer(textAt(record, 'ClientAddr') ?? '').address)
    )
      setPort(fields, 'source.port', port);
    return true;
  },
});

/** Traefik's access log: JSON, or the common log format with router, server and duration behind it. */
export const traefik = {
  ...json,
  decode(...[message, header, fields, context]: Parameters<typeof json.decode>): boolean {
    setDataset(fields, 'traefik', 'access');
    return (
      decodeAccessLine(message, fields, context, 'traefik') || json.decode(message, header, fields, context)
    );
  },
};
