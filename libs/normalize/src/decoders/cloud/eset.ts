import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import { monthNumber, setTime, wallClock } from '../event-time.js';
import { jsonDecoder, textAt } from '../json/index.js';
import {
  endpointOf,
  setDestinationEndpoint,
  setSourceEndpoint,
  setText,
  setUserName,
  severityOfWord,
} from '../json/values.js';
import { keepRecord, setKind, setService } from './service-record.js';

const OCCURRED = /^(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d)$/;
const DETECTIONS = new Set([
  'Threat_Event',
  'EnterpriseInspectorAlert_Event',
  'HipsAggregated_Event',
  'FirewallAggregated_Event',
  'BlockedFiles_Event',
  'FilteredWebsites_Event',
  'EsetInspectAlert',
]);

/** ESET PROTECT's exported events (its online help, "Events exported to JSON format"). `ipv4` is the computer's own address. */
export const eset = jsonDecoder({
  name: 'eset',
  types: ['eset_protect', 'eraserver'],
  programs: ['ERAServer', 'EraServer'],
  recogniseRecord: (record) =>
    record.event_type !== undefined &&
    record.source_uuid !== undefined &&
    (record.occured ?? record.occurred) !== undefined,
  decodeRecord(record, fields, context) {
    const type = textAt(record, 'event_type');
    if (type === undefined) return false;
    setService(fields, 'eset_protect', 'event');
    const time = OCCURRED.exec(textAt(record, 'occured') ?? textAt(record, 'occurred') ?? '');
    if (time)
      setTime(
        fields,
        wallClock(
          {
            day: Number(time[1]),
            month: monthNumber(time[2] ?? ''),
            year: Number(time[3]),
            hour: Number(time[4]),
            minute: Number(time[5]),
            second: Number(time[6]),
            offset: 0,
          },
          context,
        ),
      );
    const action = textAt(record, 'action') ?? textAt(record, 'action_taken');
    const outcome = /^success/i.test(textAt(record, 'result') ?? '')
      ? 'success'
      : /^fail/i.test(textAt(record, 'result') ?? '')
        ? 'failure'
        : undefined;
    if (action === 'Login attempt')
      setKind(fields, 'authentication', 'start', EVENT_ACTION.userLogin, outcome);
    else if (action === 'Logout') setKind(fields, 'authentication', 'end', EVENT_ACTION.userLogout, outcome);
    else if (type === 'Threat_Event') setKind(fields, 'malware', 'info', EVENT_ACTION.malwareDetected);
    else if (DETECTIONS.has(type))
      setKind(fields, 'intrusion_detection', 'info', EVENT_ACTION.intrusionDetected);
    else setKind(fields, 'configuration', 'change', action, outcome);
    if (DETECTIONS.has(type)) fields['event.kind'] = 'alert';
    const severity = severityOfWord(textAt(record, 'severity'));
    if (severity) atLeast(fields, severity);
    setUserName(fields, record.user ?? record.username);
    setText(fields, 'host.name', record.hostname);
    const own = endpointOf(record.ipv4) ?? endpointOf(record.ipv6);
    if (own) fields['host.ip'] = own.ip;
    setSourceEndpoint(fields, record.source_address, record.source_port);
    setDestinationEndpoint(fields, record.target_address, record.target_port);
    setText(fields, 'rule.name', record.threat_name ?? record.rule_id);
    keepRecord(fields, record, 'eset');
    return true;
  },
});
