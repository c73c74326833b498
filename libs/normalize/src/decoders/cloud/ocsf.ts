import type { Severity } from '@parapet/contracts';
import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import type { EventFields } from '../decoder.js';
import { isJsonRecord, jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { setDestinationEndpoint, setSourceEndpoint, setText, setUrl, setUserName } from '../json/values.js';
import { keepRecord, setAlert, setKind, setRecordTime, setService } from './service-record.js';

/** `severity_id`: 0 unknown, 1 informational … 5 critical, 6 fatal. */
const SEVERITIES: readonly (Severity | undefined)[] = [
  undefined,
  'info',
  'low',
  'medium',
  'high',
  'critical',
  'critical',
];
const FINDING_CLASSES = new Set([2001, 2002, 2003, 2004, 2005, 2006, 2007]);

function outcomeOf(record: JsonRecord): 'success' | 'failure' | undefined {
  const id = numberAt(record, 'status_id');
  const status = textAt(record, 'status')?.toLowerCase();
  if (id === 1 || status === 'success') return 'success';
  if (id === 2 || status === 'failure') return 'failure';
  const rcode = textAt(record, 'rcode');
  if (rcode !== undefined) return rcode === 'NOERROR' ? 'success' : 'failure';
  const api = valueAt(record, 'api');
  if (!isJsonRecord(api)) return undefined;
  return textAt(api, 'response', 'error') === undefined ? 'success' : 'failure';
}

/** category, type by class (schema.ocsf.io). */
function classKind(record: JsonRecord, uid: number): readonly [string, string] {
  const activity = numberAt(record, 'activity_id') ?? 0;
  if (uid === 3002) return ['authentication', activity === 2 ? 'end' : 'start'];
  if (uid > 3000 && uid < 4000) return ['iam', 'change'];
  if (uid === 4002) return ['web', 'access'];
  if (uid === 4003) return ['network', 'protocol'];
  if (uid > 4000 && uid < 5000) return ['network', 'connection'];
  if (FINDING_CLASSES.has(uid)) return ['intrusion_detection', 'info'];
  if (uid === 1007) return ['process', activity === 1 ? 'start' : activity === 2 ? 'end' : 'info'];
  if (uid === 1001) return ['file', 'change'];
  return [
    'api',
    activity === 1 ? 'creation' : activity === 4 ? 'deletion' : activity === 3 ? 'change' : 'access',
  ];
}

/** Events of the Open Cybersecurity Schema Framework, as Amazon Security Lake keeps them. */
export const ocsf = jsonDecoder({
  name: 'ocsf',
  types: ['amazon_security_lake', 'amazon_sec_lake', 'security_lake'],
  recogniseRecord: (record) => typeof record.class_uid === 'number' && isJsonRecord(record.metadata),
  decodeRecord(record, fields, context) {
    const uid = numberAt(record, 'class_uid');
    if (uid === undefined) return false;
    setService(fields, 'amazon_security_lake', 'ocsf');
    setRecordTime(fields, context, record.time, record.start_time);
    const [category, type] = classKind(record, uid);
    const action =
      textAt(record, 'api', 'operation') ??
      (uid === 3002
        ? type === 'end'
          ? EVENT_ACTION.userLogout
          : EVENT_ACTION.userLogin
        : textAt(record, 'activity_name'));
    setKind(fields, category, type, action, outcomeOf(record));
    const severity = SEVERITIES[numberAt(record, 'severity_id') ?? 0];
    if (severity) atLeast(fields, severity);
    if (FINDING_CLASSES.has(uid))
      setAlert(
        fields,
        severity ?? 'low',
        textAt(record, 'finding_info', 'title') ?? textAt(record, 'finding', 'title'),
      );
    setUserName(
      fields,
      (uid === 3002 ? textAt(record, 'user', 'name') : undefined) ??
        textAt(record, 'actor', 'user', 'name') ??
        textAt(record, 'identity', 'user', 'name') ??
        textAt(record, 'user', 'name'),
    );
    setEndpoints(record, fields);
    fields.message = textAt(record, 'message') ?? fields.message;
    setText(
      fields,
      'event.reason',
      fields['event.outcome'] === 'failure'
        ? (textAt(record, 'status_detail') ?? textAt(record, 'api', 'response', 'message'))
        : undefined,
    );
    keepRecord(fields, record, 'ocsf');
    return true;
  },
});

function setEndpoints(record: JsonRecord, fields: EventFields): void {
  if (
    !setSourceEndpoint(fields, valueAt(record, 'src_endpoint', 'ip'), valueAt(record, 'src_endpoint', 'port'))
  )
    setText(fields, 'source.domain', valueAt(record, 'src_endpoint', 'domain') ?? undefined);
  setDestinationEndpoint(
    fields,
    valueAt(record, 'dst_endpoint', 'ip'),
    valueAt(record, 'dst_endpoint', 'port'),
  );
  const protocol = textAt(record, 'connection_info', 'protocol_name');
  if (protocol !== undefined) fields['network.transport'] = protocol.toLowerCase();
  setText(fields, 'http.request.method', valueAt(record, 'http_request', 'http_method'));
  setUrl(
    fields,
    textAt(record, 'http_request', 'url', 'url_string') ?? textAt(record, 'http_request', 'url', 'path'),
  );
  setText(fields, 'user_agent.original', valueAt(record, 'http_request', 'user_agent'));
  const code = numberAt(record, 'http_response', 'code');
  if (code !== undefined) fields['http.response.status_code'] = code;
  setText(fields, 'dns.question.name', valueAt(record, 'query', 'hostname'));
  setText(fields, 'dns.question.type', valueAt(record, 'query', 'type'));
  setText(fields, 'dns.response_code', record.rcode);
  setText(fields, 'cloud.region', valueAt(record, 'cloud', 'region'));
  const provider = textAt(record, 'cloud', 'provider');
  if (provider !== undefined) fields['cloud.provider'] = provider.toLowerCase();
  setText(fields, 'host.name', valueAt(record, 'device', 'hostname'));
}
