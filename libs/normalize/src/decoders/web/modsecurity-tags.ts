import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify } from '../decoder.js';
import type { EventFields } from '../decoder.js';
import { setHost } from './http-fields.js';

const TAG = /\[(id|msg|severity|hostname|uri|unique_id|file) "((?:[^"\\]|\\.){0,1024})"\]/g;
const BLOCKED = /^(?:.{0,200}?)Access denied with (?:code (\d{3})|connection close|redirection)/s;

/**
 * What ModSecurity (2 in Apache, 3 in nginx) says of one rule: "ModSecurity: Warning. Matched … [file "…"] [id "…"] [msg "…"] …".
 * Values of requests stand among it, so that only names of the rule are read, and the last of each, which stand behind the match.
 * False where the text is not ModSecurity's.
 */
export function setModSecurity(fields: EventFields, text: string): boolean {
  if (!text.startsWith('ModSecurity: ') && !text.startsWith('ModSecurity:  [')) return false;
  const tags = new Map<string, string>();
  for (const tag of text.slice(0, 16_384).matchAll(TAG)) tags.set(tag[1] ?? '', tag[2] ?? '');
  const id = tags.get('id');
  if (id !== undefined && /^\d{1,12}$/.test(id)) fields['rule.id'] = id;
  const message = tags.get('msg');
  if (message) fields['rule.name'] = message;
  const severity = tags.get('severity');
  if (severity) fields['modsecurity.severity'] = severity;
  const unique = tags.get('unique_id');
  if (unique) fields['http.request.id'] = unique;
  setHost(fields, tags.get('hostname'));
  const uri = tags.get('uri');
  if (uri) fields['url.path'] = uri;
  if (text.startsWith('ModSecurity: Audit log: ')) {
    classify(fields, 'web', 'error', EVENT_ACTION.applicationEvent, 'failure');
    return true;
  }
  const blocked =
    BLOCKED.exec(text.slice(0, 400)) ?? /\] Access denied with code (\d{3}) \(phase \d\)/.exec(text);
  if (blocked) {
    if (blocked[1] !== undefined) fields['http.response.status_code'] = Number(blocked[1]);
    classify(fields, 'intrusion_detection', 'denied', EVENT_ACTION.intrusionDetected, 'success');
    atLeast(fields, 'medium');
  } else if (id !== undefined) {
    classify(fields, 'intrusion_detection', 'info', EVENT_ACTION.intrusionDetected);
    atLeast(fields, 'low');
  } else classify(fields, 'web', 'info', EVENT_ACTION.applicationEvent);
  return true;
}
