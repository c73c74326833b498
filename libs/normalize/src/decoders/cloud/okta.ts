import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import type { EventFields } from '../decoder.js';
import { jsonDecoder, textAt, valueAt } from '../json/index.js';
import { setSourceEndpoint, setText, setUserName, severityOfWord } from '../json/values.js';
import { keepRecord, setKind, setRecordTime, setService } from './service-record.js';

const OKTA_OUTCOMES = new Map<string, 'success' | 'failure' | 'unknown'>([
  ['SUCCESS', 'success'],
  ['ALLOW', 'success'],
  ['FAILURE', 'failure'],
  ['DENY', 'failure'],
  ['CHALLENGE', 'unknown'],
  ['SKIPPED', 'unknown'],
  ['UNKNOWN', 'unknown'],
]);

function setOktaKind(
  fields: EventFields,
  type: string,
  outcome: 'success' | 'failure' | 'unknown' | undefined,
): void {
  if (type === 'user.session.start')
    setKind(fields, 'authentication', 'start', EVENT_ACTION.userLogin, outcome);
  else if (type === 'user.session.end')
    setKind(fields, 'authentication', 'end', EVENT_ACTION.userLogout, outcome);
  // Factors and applications of a session whose start has a record of its own.
  else if (type.startsWith('user.authentication.') || type.startsWith('user.mfa.okta_verify'))
    setKind(
      fields,
      'authentication',
      'info',
      outcome === 'failure' ? EVENT_ACTION.loginWitness : type,
      outcome,
    );
  else if (/^(?:user|group|iam|policy|zone|system\.api_token)\./.test(type))
    setKind(
      fields,
      'iam',
      /delete|remove|revoke|deactivate/.test(type)
        ? 'deletion'
        : /create|add|grant/.test(type)
          ? 'creation'
          : 'change',
      type,
      outcome,
    );
  else setKind(fields, 'api', 'info', type, outcome);
}

/** Okta's System Log. */
export const okta = jsonDecoder({
  name: 'okta',
  types: ['okta_system', 'okta.system'],
  recogniseRecord: (record) =>
    record.eventType !== undefined &&
    record.published !== undefined &&
    record.actor !== undefined &&
    record.outcome !== undefined,
  decodeRecord(record, fields, context) {
    const type = textAt(record, 'eventType');
    if (type === undefined) return false;
    setService(fields, 'okta', 'system');
    setRecordTime(fields, context, record.published);
    setOktaKind(fields, type, OKTA_OUTCOMES.get(textAt(record, 'outcome', 'result') ?? ''));
    setText(fields, 'okta.event_type', type);
    setText(fields, 'event.reason', valueAt(record, 'outcome', 'reason'));
    const severity = severityOfWord(textAt(record, 'severity'));
    // Okta calls every refused sign-in a warning or an error.
    if (severity && fields['event.category'] !== 'authentication') atLeast(fields, severity);
    setUserName(fields, valueAt(record, 'actor', 'alternateId'));
    setText(fields, 'user.full_name', valueAt(record, 'actor', 'displayName'));
    setText(fields, 'user_agent.original', valueAt(record, 'client', 'userAgent', 'rawUserAgent'));
    setSourceEndpoint(fields, valueAt(record, 'client', 'ipAddress'));
    fields.message = textAt(record, 'displayMessage') ?? fields.message;
    keepRecord(fields, record, 'okta');
    return true;
  },
});
