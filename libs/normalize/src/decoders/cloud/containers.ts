import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import { isJsonRecord, jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { setSourceEndpoint, setText, setUrl, setUserName, severityOfWord } from '../json/values.js';
import { keepRecord, setAlert, setKind, setRecordTime, setService } from './service-record.js';

const VERB_TYPES = new Map([
  ['create', 'creation'],
  ['update', 'change'],
  ['patch', 'change'],
  ['delete', 'deletion'],
  ['deletecollection', 'deletion'],
]);

/** Kubernetes' audit events (audit.k8s.io/v1). */
export const kubernetesAudit = jsonDecoder({
  name: 'kubernetes_audit',
  types: ['k8s-audit', 'k8s_audit', 'kubernetes.audit_logs', 'kube-apiserver-audit'],
  recogniseRecord: (record) =>
    record.kind === 'Event' && textAt(record, 'apiVersion')?.startsWith('audit.k8s.io/') === true,
  decodeRecord(record, fields, context) {
    setService(fields, 'kubernetes', 'audit_logs');
    setRecordTime(fields, context, record.stageTimestamp, record.requestReceivedTimestamp);
    const verb = textAt(record, 'verb');
    const code = numberAt(record, 'responseStatus', 'code');
    setKind(
      fields,
      verb !== undefined && VERB_TYPES.has(verb) ? 'configuration' : 'api',
      VERB_TYPES.get(verb ?? '') ?? 'access',
      verb,
      code === undefined ? undefined : code >= 400 ? 'failure' : 'success',
    );
    setUserName(fields, valueAt(record, 'user', 'username'));
    // All but the last are what the client says in X-Forwarded-For (audit.k8s.io/v1, sourceIPs).
    const addresses: unknown = record.sourceIPs;
    if (Array.isArray(addresses)) setSourceEndpoint(fields, addresses.at(-1));
    setText(fields, 'user_agent.original', record.userAgent);
    setUrl(fields, record.requestURI);
    if (code !== undefined) fields['http.response.status_code'] = code;
    setText(fields, 'orchestrator.namespace', valueAt(record, 'objectRef', 'namespace'));
    setText(fields, 'orchestrator.resource.type', valueAt(record, 'objectRef', 'resource'));
    setText(fields, 'orchestrator.resource.name', valueAt(record, 'objectRef', 'name'));
    fields['orchestrator.type'] = 'kubernetes';
    keepRecord(fields, record, 'kubernetes');
    return true;
  },
});

/** Falco's alerts with json_output. */
export const falco = jsonDecoder({
  name: 'falco',
  types: ['falco.alerts'],
  programs: ['falco'],
  recogniseRecord: (record) =>
    record.rule !== undefined && record.priority !== undefined && record.output !== undefined,
  decodeRecord(record, fields, context) {
    setService(fields, 'falco', 'alerts');
    setRecordTime(fields, context, record.time);
    setAlert(fields, severityOfWord(textAt(record, 'priority')), textAt(record, 'rule'));
    setKind(fields, 'intrusion_detection', 'info', EVENT_ACTION.intrusionDetected);
    fields.message = textAt(record, 'output') ?? fields.message;
    const output = isJsonRecord(record.output_fields) ? record.output_fields : {};
    const put = (name: string, from: string) => {
      const value = textAt(output, from);
      if (value !== undefined && value !== '<NA>') fields[name] = value;
    };
    const user = textAt(output, 'user.name');
    if (user !== '<NA>') setUserName(fields, user);
    put('process.name', 'proc.name');
    put('process.command_line', 'proc.cmdline');
    put('process.parent.name', 'proc.pname');
    put('container.id', 'container.id');
    put('container.name', 'container.name');
    put('container.image.name', 'container.image.repository');
    put('orchestrator.namespace', 'k8s.ns.name');
    put('orchestrator.resource.name', 'k8s.pod.name');
    put('file.path', 'fd.name');
    setText(fields, 'host.name', record.hostname);
    keepRecord(fields, record, 'falco');
    return true;
  },
});

function attributes(record: JsonRecord): JsonRecord {
  const found = valueAt(record, 'Actor', 'Attributes');
  return isJsonRecord(found) ? found : {};
}

const DOCKER_TYPES = new Map([
  ['create', 'creation'],
  ['start', 'start'],
  ['die', 'end'],
  ['stop', 'end'],
  ['kill', 'end'],
  ['destroy', 'deletion'],
  ['delete', 'deletion'],
  ['remove', 'deletion'],
  ['pull', 'installation'],
]);

/** Docker's events ("docker events --format json", the Engine API's /events). */
export const dockerEvents = jsonDecoder({
  name: 'docker_events',
  types: ['docker', 'docker_integration', 'docker.event'],
  recogniseRecord: (record) =>
    record.Type !== undefined && record.Action !== undefined && isJsonRecord(record.Actor),
  decodeRecord(record, fields, context) {
    setService(fields, 'docker', 'event');
    setRecordTime(fields, context, record.timeNano, record.time);
    const action = textAt(record, 'Action') ?? '';
    const type = textAt(record, 'Type') ?? '';
    const words = action.split(/[ :]/, 1)[0] ?? action;
    setKind(
      fields,
      type === 'container' && /^(?:start|die|stop|kill|exec_|restart)/.test(action)
        ? 'process'
        : 'configuration',
      DOCKER_TYPES.get(words) ?? 'change',
      `${type}_${words}`,
    );
    const about = attributes(record);
    const name = textAt(about, 'name');
    if (type === 'container') {
      setText(fields, 'container.id', valueAt(record, 'Actor', 'ID'));
      setText(fields, 'container.name', name);
      setText(fields, 'container.image.name', about.image);
    } else
      setText(
        fields,
        `docker.${/^[a-z]{1,20}$/.test(type) ? type : 'object'}.name`,
        name ?? valueAt(record, 'Actor', 'ID'),
      );
    const code = numberAt(about, 'exitCode');
    if (code !== undefined) fields['process.exit_code'] = code;
    if (action.startsWith('exec_')) {
      setText(fields, 'process.command_line', action.slice(action.indexOf(':') + 1).trim());
      atLeast(fields, 'low');
    }
    keepRecord(fields, record, 'docker');
    return true;
  },
});

/** osquery's results: differential, snapshot, batch. */
export const osquery = jsonDecoder({
  name: 'osquery',
  types: ['osquery.result'],
  programs: ['osqueryd'],
  recogniseRecord: (record) =>
    record.hostIdentifier !== undefined && record.unixTime !== undefined && record.name !== undefined,
  decodeRecord(record, fields, context) {
    setService(fields, 'osquery', 'result');
    setRecordTime(fields, context, record.unixTime);
    const action = textAt(record, 'action');
    setKind(
      fields,
      'host',
      action === 'added' ? 'creation' : action === 'removed' ? 'deletion' : 'info',
      action,
    );
    setText(fields, 'rule.name', record.name);
    setText(fields, 'host.name', valueAt(record, 'decorations', 'hostname') ?? record.hostIdentifier);
    keepRecord(fields, record, 'osquery');
    return true;
  },
});
