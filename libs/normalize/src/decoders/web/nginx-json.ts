import { setSource } from '../decoder.js';
import { clfInstant, epochInstant, isoInstant, setTime } from '../event-time.js';
import { jsonDecoder, numberAt, textAt } from '../json/index.js';
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
  setRequestLine,
  setTarget,
} from './http-fields.js';

/** A log_format of nginx as JSON that calls its values by the names of nginx's variables, as most do. */
export const nginxJson = jsonDecoder({
  name: 'nginx_json',
  types: ['nginx-json'],
  recogniseRecord: (record) =>
    'remote_addr' in record &&
    'status' in record &&
    ('request' in record || 'request_uri' in record || 'uri' in record),
  decodeRecord(record, fields, context) {
    const client = textAt(record, 'remote_addr');
    if (client === undefined) return false;
    setDataset(fields, 'nginx', 'access');
    const seconds = numberAt(record, 'msec');
    setTime(
      fields,
      seconds === undefined
        ? (isoInstant(textAt(record, 'time_iso8601') ?? textAt(record, 'time') ?? '', context) ??
            clfInstant(textAt(record, 'time_local') ?? '', context))
        : epochInstant(seconds),
    );
    setAnswer(fields, textAt(record, 'status'));
    setSource(fields, client, textAt(record, 'remote_port'));
    const request = textAt(record, 'request');
    if (request !== undefined) setRequestLine(fields, request);
    else {
      setMethod(fields, textAt(record, 'request_method'));
      setTarget(fields, textAt(record, 'request_uri') ?? textAt(record, 'uri'));
      setProtocol(fields, textAt(record, 'server_protocol'));
    }
    setHost(fields, textAt(record, 'host') ?? textAt(record, 'http_host') ?? textAt(record, 'server_name'));
    setRemoteUser(fields, textAt(record, 'remote_user'));
    setBytes(fields, textAt(record, 'body_bytes_sent') ?? textAt(record, 'bytes_sent'));
    setReferrer(fields, textAt(record, 'http_referer') ?? textAt(record, 'http_referrer'));
    setAgent(fields, textAt(record, 'http_user_agent'));
    return true;
  },
});
