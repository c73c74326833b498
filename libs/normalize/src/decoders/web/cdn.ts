import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify, setSource } from '../decoder.js';
import { epochInstant, isoInstant, setTime } from '../event-time.js';
import { jsonDecoder, numberAt, textAt, valueAt } from '../json/index.js';
import {
  setAgent,
  setAnswer,
  setBytes,
  setDataset,
  setHost,
  setMethod,
  setProtocol,
  setReferrer,
  setTarget,
} from './http-fields.js';

/** Fastly's JSON format as its documentation proposes it (log streaming, "useful variables"). */
export const fastly = jsonDecoder({
  name: 'fastly',
  programs: ['fastly'],
  recogniseRecord: (record) =>
    'fastly_server' in record || ('fastly_is_edge' in record && 'client_ip' in record),
  decodeRecord(record, fields, context) {
    const client = textAt(record, 'client_ip');
    if (client === undefined) return false;
    setDataset(fields, 'fastly', 'access');
    setTime(fields, isoInstant(textAt(record, 'timestamp') ?? '', context));
    setAnswer(fields, numberAt(record, 'response_status'));
    setSource(fields, client);
    setMethod(fields, textAt(record, 'request_method'));
    setTarget(fields, textAt(record, 'url'));
    setHost(fields, textAt(record, 'host'));
    setProtocol(fields, textAt(record, 'request_protocol'));
    setReferrer(fields, textAt(record, 'request_referer'));
    setAgent(fields, textAt(record, 'request_user_agent'));
    setBytes(fields, numberAt(record, 'response_body_size'));
    return true;
  },
});

const CLOUDFLARE_BLOCKS = new Set([
  'block',
  'drop',
  'connectionclose',
  'challenge',
  'jschallenge',
  'managedchallenge',
]);

/** Cloudflare Logpush: HTTP requests and firewall events. Times are RFC 3339 or epochs, as the job is set up. */
export const cloudflare = jsonDecoder({
  name: 'cloudflare',
  types: ['cloudflare-waf', 'cloudflare_logpush', 'cloudflare-logpush'],
  programs: ['cloudflare'],
  recogniseRecord: (record) =>
    'ClientIP' in record &&
    ('RayID' in record || 'EdgeResponseStatus' in record) &&
    'ClientRequestMethod' in record,
  decodeRecord(record, fields, context) {
    const client = textAt(record, 'ClientIP');
    if (client === undefined) return false;
    const firewall = 'Action' in record;
    setDataset(fields, 'cloudflare_logpush', firewall ? 'firewall_event' : 'http_request');
    const at = valueAt(record, 'EdgeStartTimestamp') ?? valueAt(record, 'Datetime') ?? '';
    setTime(fields, typeof at === 'string' ? isoInstant(at, context) : epochInstant(Number(at)));
    setAnswer(fields, numberAt(record, 'EdgeResponseStatus'));
    setSource(fields, client);
    setMethod(fields, textAt(record, 'ClientRequestMethod'));
    const path = textAt(record, 'ClientRequestURI') ?? textAt(record, 'ClientRequestPath');
    setTarget(fields, firewall ? `${path ?? ''}${textAt(record, 'ClientRequestQuery') ?? ''}` : path);
    setHost(fields, textAt(record, 'ClientRequestHost'));
    setProtocol(fields, textAt(record, 'ClientRequestProtocol'));
    setReferrer(fields, textAt(record, 'ClientRequestReferer'));
    setAgent(fields, textAt(record, 'ClientRequestUserAgent'));
    setBytes(fields, numberAt(record, 'EdgeResponseBytes'));
    setDestinationOf(fields, textAt(record, 'OriginIP'));
    const ray = textAt(record, 'RayID');
    if (ray) fields['http.request.id'] = ray;
    const rule = textAt(record, 'RuleID') ?? textAt(record, 'WAFRuleID');
    if (rule) fields['rule.id'] = rule;
    const action = (textAt(record, 'Action') ?? textAt(record, 'WAFAction') ?? '').toLowerCase();
    if (CLOUDFLARE_BLOCKS.has(action)) {
      classify(fields, 'intrusion_detection', 'denied', EVENT_ACTION.intrusionDetected, 'success');
      atLeast(fields, 'medium');
    }
    return true;
  },
});

function setDestinationOf(fields: Parameters<typeof setSource>[0], origin: string | undefined): void {
  if (origin !== undefined) fields['destination.address'] = origin;
}

/** open-appsec's security events; the address that it takes for the client's is `httpSourceId`. */
export const openAppSec = jsonDecoder({
  name: 'openappsec',
  types: ['open-appsec'],
  programs: ['openappsec', 'open-appsec', 'cp-nano-agent'],
  recogniseRecord: (record) =>
    valueAt(record, 'eventSource', 'issuingEngineVersion') !== undefined && 'eventData' in record,
  decodeRecord(record, fields, context) {
    setDataset(fields, 'openappsec', 'waf');
    setTime(fields, isoInstant(textAt(record, 'eventTime') ?? '', context));
    const data = (name: string) => textAt(record, 'eventData', name);
    const client = data('httpSourceId');
    const peer = data('sourceIP');
    // The identifier may be a cookie or a token, as the policy says; then the peer remains.
    if (client !== undefined && setSource(fields, client)) {
      const port = data('sourcePort');
      if (client === peer && port !== undefined) setSource(fields, client, port);
    } else if (peer !== undefined) setSource(fields, peer, data('sourcePort'));
    setMethod(fields, data('httpMethod'));
    setHost(fields, data('httpHostName'));
    setTarget(
      fields,
      data('httpUriPath') ?? (data('matchedLocation') === 'url' ? data('matchedSample') : undefined),
    );
    const incident = data('waapIncidentType');
    if (incident) fields['rule.category'] = incident;
    const name = textAt(record, 'eventName');
    if (name) fields['rule.name'] = name;
    const prevented = data('securityAction')?.toLowerCase() === 'prevent';
    if (incident !== undefined || prevented) {
      classify(
        fields,
        'intrusion_detection',
        prevented ? 'denied' : 'info',
        EVENT_ACTION.intrusionDetected,
        prevented ? 'success' : undefined,
      );
      const severity = textAt(record, 'eventSeverity')?.toLowerCase();
      atLeast(fields, severity === 'critical' ? 'high' : severity === 'high' ? 'medium' : 'low');
    } else classify(fields, 'web', 'info', EVENT_ACTION.applicationEvent);
    return true;
  },
});
