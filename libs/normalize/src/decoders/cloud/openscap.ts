import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast } from '../decoder.js';
import type { Decoder } from '../decoder.js';
import { severityOfWord } from '../json/values.js';
import { setKind, setService } from './service-record.js';

const PAIR = /([a-z][a-z-]{0,30}): "([^"]{0,4000})"(?:, |$|,|\.| )/g;

/** OpenSCAP's syslog lines (by Wazuh's oscap module): results of rules, and its own errors. */
export const openscap: Decoder = {
  name: 'openscap',
  types: ['oscap'],
  programs: ['oscap'],
  recognise: (_header, message) =>
    message.startsWith('oscap: ') && /^oscap: (?:msg: "|ERROR: |Evaluation )/.test(message),
  decode(raw, _header, fields) {
    const message = raw.startsWith('oscap: ') ? raw.slice(7) : raw;
    setService(fields, 'openscap', 'result');
    if (message.startsWith('ERROR: ')) {
      setKind(fields, 'configuration', 'error', EVENT_ACTION.securityFinding);
      fields['event.reason'] = message.slice(7, 2000);
      atLeast(fields, 'medium');
      return true;
    }
    if (/^Evaluation (?:started|finished)/.test(message)) {
      const code = /Return code: (\d{1,3})/.exec(message.slice(0, 200))?.[1];
      setKind(
        fields,
        'configuration',
        'info',
        'evaluation',
        code === undefined ? undefined : code === '0' || code === '2' ? 'success' : 'failure',
      );
      return true;
    }
    const values = new Map<string, string>();
    for (const pair of message.slice(0, 16_384).matchAll(PAIR))
      if (!values.has(pair[1] ?? '')) values.set(pair[1] ?? '', pair[2] ?? '');
    const result = values.get('result');
    if (result === undefined || values.get('msg') === undefined) return false;
    const failed = result === 'fail' || result === 'error';
    setKind(
      fields,
      'configuration',
      'info',
      EVENT_ACTION.securityFinding,
      failed ? 'failure' : result === 'pass' || result === 'fixed' ? 'success' : 'unknown',
    );
    const severity = severityOfWord(values.get('severity'));
    if (failed && severity) atLeast(fields, severity);
    for (const [name, value] of values) if (value.length <= 1000) fields[`openscap.${name}`] = value;
    const title = values.get('title');
    if (title !== undefined) fields['rule.name'] = title;
    const id = values.get('id');
    if (id !== undefined) fields['rule.id'] = id;
    return true;
  },
};
