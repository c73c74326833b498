import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify } from '../decoder.js';
import type { Decoder } from '../decoder.js';
import { decodePam, isPam } from './pam.js';

interface Form {
  pattern: RegExp;
  ok: boolean;
}

/** shadow's, util-linux's and the BSDs' su. Named groups: who became whom. */
const FORMS: readonly Form[] = [
  { pattern: /^Successful su for (?<to>\S+) by (?<by>\S+)$/, ok: true },
  { pattern: /^FAILED su for (?<to>\S+) by (?<by>\S+)$/, ok: false },
  { pattern: /^\(to (?<to>\S+)\) (?<by>\S+) on \S+$/, ok: true },
  { pattern: /^FAILED SU \(to (?<to>\S+)\) (?<by>\S+) on \S+$/, ok: false },
  { pattern: /^\+ \S+ (?<by>[^\s:]+)[:-](?<to>\S+)$/, ok: true },
  { pattern: /^- \S+ (?<by>[^\s:]+)[:-](?<to>\S+)$/, ok: false },
  { pattern: /^BAD SU (?<by>\S+) to (?<to>\S+) on \S+$/, ok: false },
  { pattern: /^(?<by>\S+) to (?<to>\S+) on \S+$/, ok: true },
  { pattern: /^failed: \S+ changing from (?<by>\S+) to (?<to>\S+)$/, ok: false },
];

export const su: Decoder = {
  name: 'su',
  programs: ['su'],
  decode(message, header, fields) {
    fields['event.module'] = 'system';
    fields['event.dataset'] = 'system.auth';
    const text = message.slice(0, 1024).trim();
    if (isPam(text, header.program)) return decodePam(text, header.program, fields);
    for (const { pattern, ok } of FORMS) {
      const groups = pattern.exec(text)?.groups;
      if (!groups) continue;
      classify(fields, 'authentication', 'start', EVENT_ACTION.suLogin, ok ? 'success' : 'failure');
      fields['user.name'] = groups['by'];
      fields['user.effective.name'] = groups['to'];
      if (!ok) atLeast(fields, 'low');
      return true;
    }
    return false;
  },
};
