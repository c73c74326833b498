import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify, setDestination, setSource } from '../decoder.js';
import type { DecodeContext, EventFields } from '../decoder.js';
import { asctimeInstant, clfInstant, setTime } from '../event-time.js';
import { isJsonRecord, jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import {
  setAgent,
  setAnswer,
  setDataset,
  setHost,
  setMethod,
  setRequestLine,
  setTarget,
} from './http-fields.js';

/** Header names come as the client wrote them. */
function header(headers: unknown, name: string): string | undefined {
  if (!isJsonRecord(headers)) return undefined;
  for (const [key, value] of Object.entries(headers).slice(0, 128))
    if (key.toLowerCase() === name) {
      const first: unknown = Array.isArray(value) ? value[0] : value;
      return typeof first === 'string' ? first : undefined;
    }
  return undefined;
}

/** What matched, or that nothing did. */
function setMatches(
  fields: EventFields,
  ids: readonly string[],
  names: readonly string[],
  blocked: boolean,
): void {
  if (ids.length === 0 && !blocked) return;
  if (ids.length > 0) fields['rule.id'] = ids.length === 1 ? ids[0] : [...ids];
  if (names.length > 0) fields['rule.name'] = names.length === 1 ? names[0] : [...names];
  classify(
    fields,
    'intrusion_detection',
    blocked ? 'denied' : 'info',
    EVENT_ACTION.intrusionDetected,
    blocked ? 'success' : undefined,
  );
  atLeast(fields, blocked ? 'medium' : 'low');
}

const MOST_MESSAGES = 64;

/** libmodsecurity 3, SecAuditLogFormat JSON. */
function version3(record: JsonRecord, fields: EventFields, context: DecodeContext): boolean {
  const text = (...path: string[]) => textAt(record, 'transaction', ...path);
  const client = text('client_ip');
  if (client === undefined) return false;
  setTime(fields, asctimeInstant(text('time_stamp') ?? '', context));
  setAnswer(fields, numberAt(record, 'transaction', 'response', 'http_code'));
  setSource(fields, client, text('client_port'));
  setDestination(fields, text('host_ip') ?? '', text('host_port'));
  setMethod(fields, text('request', 'method'));
  setTarget(fields, text('request', 'uri'));
  const headers = valueAt(record, 'transaction', 'request', 'headers');
  setHost(fields, header(headers, 'host'));
  setAgent(fields, header(headers, 'user-agent'));
  const id = text('unique_id');
  if (id) fields['http.request.id'] = id;
  const messages = valueAt(record, 'transaction', 'messages');
  const rows: unknown[] = Array.isArray(messages) ? messages.slice(0, MOST_MESSAGES) : [];
  const matches = rows.filter(isJsonRecord);
  setMatches(
    fields,
    matches.flatMap((match) => textAt(match, 'details', 'ruleId') ?? []),
    matches.flatMap((match) => textAt(match, 'message') ?? []),
    valueAt(record, 'transaction', 'is_interrupted') === true ||
      (matches.length > 0 && fields['http.response.status_code'] === 403),
  );
  return true;
}

/** ModSecurity 2, SecAuditLogFormat JSON. */
function version2(record: JsonRecord, fields: EventFields, context: DecodeContext): boolean {
  const client = textAt(record, 'transaction', 'remote_address');
  if (client === undefined) return false;
  setTime(fields, clfInstant(textAt(record, 'transaction', 'time') ?? '', context));
  setAnswer(fields, numberAt(record, 'response', 'status'));
  setSource(fields, client, textAt(record, 'transaction', 'remote_port'));
  setDestination(
    fields,
    textAt(record, 'transaction', 'local_address') ?? '',
    textAt(record, 'transaction', 'local_port'),
  );
  setRequestLine(fields, textAt(record, 'request', 'request_line') ?? '');
  const headers = valueAt(record, 'request', 'headers');
  setHost(fields, header(headers, 'host'));
  setAgent(fields, header(headers, 'user-agent'));
  const messages = valueAt(record, 'audit_data', 'messages');
  const texts = (Array.isArray(messages) ? messages.slice(0, MOST_MESSAGES) : []).filter(
    (message): message is string => typeof message === 'string',
  );
  setMatches(
    fields,
    texts.flatMap((text) => /\[id "(\d{1,12})"\]/.exec(text)?.[1] ?? []),
    texts.flatMap((text) => /\[msg "([^"\\]{1,512})"\]/.exec(text)?.[1] ?? []),
    valueAt(record, 'audit_data', 'action', 'intercepted') === true,
  );
  return true;
}

/** ModSecurity's audit log as JSON. What it writes to a server's error log is read by nginx and apache. */
export const modsecurity = jsonDecoder({
  name: 'modsecurity_audit',
  types: ['modsecurity-audit', 'modsec-audit', 'coraza'],
  programs: ['modsecurity', 'mod_security', 'coraza'],
  recogniseRecord: (record) =>
    isJsonRecord(record.transaction) &&
    ('client_ip' in record.transaction || ('remote_address' in record.transaction && 'request' in record)),
  decodeRecord(record, fields, context) {
    setDataset(fields, 'modsecurity', 'auditlog');
    return version3(record, fields, context) || version2(record, fields, context);
  },
});
