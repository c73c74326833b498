import { EVENT_ACTION } from '@parapet/contracts';
import type { Severity } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import { isJsonRecord, jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import {
  setDestinationEndpoint,
  setSourceEndpoint,
  setText,
  setUserName,
  severityOfWord,
} from '../json/values.js';
import type { EventFields } from '../decoder.js';
import { keepRecord, setAlert, setKind, setRecordTime, setService } from './service-record.js';
import { windows } from './windows/index.js';

/** Wazuh's levels 0–16 (its "Rules classification"). */
function ofLevel(level: number): Severity {
  if (level >= 15) return 'critical';
  if (level >= 12) return 'high';
  if (level >= 7) return 'medium';
  return level >= 4 ? 'low' : 'info';
}

function groupKind(fields: EventFields, groups: readonly unknown[]): void {
  const has = (name: string) => groups.includes(name);
  if (has('authentication_failed') || has('authentication_failures') || has('invalid_login'))
    setKind(fields, 'authentication', 'start', EVENT_ACTION.userLogin, 'failure');
  else if (has('authentication_success'))
    setKind(fields, 'authentication', 'start', EVENT_ACTION.userLogin, 'success');
  else if (has('syscheck')) setKind(fields, 'file', 'change', 'integrity_changed');
  else if (has('vulnerability-detector'))
    setKind(fields, 'vulnerability', 'info', EVENT_ACTION.securityFinding);
  else setKind(fields, 'intrusion_detection', 'info', EVENT_ACTION.intrusionDetected);
}

/** Wazuh's and OSSEC's alerts (alerts.json). */
export const wazuh = jsonDecoder({
  name: 'wazuh',
  types: ['ossec', 'wazuh_alerts', 'wazuh.alerts'],
  recogniseRecord: (record) =>
    isJsonRecord(record.rule) &&
    record.rule.level !== undefined &&
    (record.agent !== undefined || record.manager !== undefined || record.full_log !== undefined),
  decodeRecord(record, fields, context) {
    const win = valueAt(record, 'data', 'win');
    if (isJsonRecord(win)) windows.decodeRecord({ win }, fields, context);
    else {
      setService(fields, 'wazuh', 'alerts');
      setData(record, fields);
      fields.message = textAt(record, 'full_log') ?? fields.message;
    }
    setRecordTime(fields, context, record.timestamp);
    const groups: unknown = valueAt(record, 'rule', 'groups');
    if (fields['event.category'] === undefined) groupKind(fields, Array.isArray(groups) ? groups : []);
    setAlert(
      fields,
      ofLevel(numberAt(record, 'rule', 'level') ?? 0),
      textAt(record, 'rule', 'description'),
      textAt(record, 'rule', 'id'),
    );
    setText(
      fields,
      'host.name',
      textAt(record, 'predecoder', 'hostname') ?? textAt(record, 'agent', 'name') ?? fields['host.name'],
    );
    setText(fields, 'threat.technique.id', firstText(valueAt(record, 'rule', 'mitre', 'id')));
    keepRecord(fields, record, 'wazuh');
    return true;
  },
});

function firstText(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function setData(record: JsonRecord, fields: EventFields): void {
  setSourceEndpoint(
    fields,
    valueAt(record, 'data', 'srcip') ?? record.srcip,
    valueAt(record, 'data', 'srcport'),
  );
  setDestinationEndpoint(fields, valueAt(record, 'data', 'dstip'), valueAt(record, 'data', 'dstport'));
  setUserName(
    fields,
    valueAt(record, 'data', 'dstuser') ?? valueAt(record, 'data', 'srcuser') ?? record.dstuser,
  );
  const program = textAt(record, 'predecoder', 'program_name');
  if (program !== undefined) fields['process.name'] = program;
}

/** Wazuh's vulnerability detector: {"vulnerability":{"cve":…,"package":…}}. */
export const vulnerability = jsonDecoder({
  name: 'vulnerability',
  types: ['vuln_detector', 'vulnerability-detector'],
  recogniseRecord: (record) => textAt(record, 'vulnerability', 'cve') !== undefined,
  decodeRecord(record, fields, context) {
    setService(fields, 'wazuh', 'vulnerability');
    setRecordTime(fields, context, record.timestamp, valueAt(record, 'vulnerability', 'updated'));
    const status = textAt(record, 'vulnerability', 'status')?.toLowerCase();
    setKind(fields, 'vulnerability', status === 'solved' ? 'deletion' : 'info', EVENT_ACTION.securityFinding);
    setText(fields, 'vulnerability.id', valueAt(record, 'vulnerability', 'cve'));
    const severity = severityOfWord(textAt(record, 'vulnerability', 'severity'));
    if (severity && status !== 'solved') atLeast(fields, severity);
    setText(fields, 'vulnerability.severity', valueAt(record, 'vulnerability', 'severity'));
    setText(fields, 'package.name', valueAt(record, 'vulnerability', 'package', 'name'));
    setText(fields, 'package.version', valueAt(record, 'vulnerability', 'package', 'version'));
    keepRecord(fields, record, 'wazuh');
    return true;
  },
});
