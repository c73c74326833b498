import { EVENT_ACTION } from '@parapet/contracts';
import { atLeast, classify, setSource } from '../decoder.js';
import type { Decoder } from '../decoder.js';
import { epochInstant, setTime } from '../event-time.js';
import { decodeAccessLine } from './access-log.js';
import { setAnswer, setBytes, setDataset, setMethod, setRemoteUser, setTarget } from './http-fields.js';

/** logformat squid: %ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt. URLs are written without spaces. */
const NATIVE =
  /^(\d{9,11}\.\d{3}) +(-?\d{1,10}) (\S{1,255}) ([A-Z_]{3,40})\/(\d{3}) (\d{1,15}) (\S{1,32}) (\S{1,8192}) (\S{1,255}) ([A-Z_]{3,40})\/(\S{1,255}) (\S{1,255})/;

/** Squid's native access log. */
export const squid: Decoder = {
  name: 'squid',
  types: ['squid-access', 'squid_rules', 'squid-cache'],
  programs: ['squid', '(squid-1)', 'squid-1', 'squid-access'],
  wholeLines: true,
  recognise: (_header, line) => line.charCodeAt(10) === 46 && NATIVE.test(line),
  decode(line, _header, fields, context) {
    setDataset(fields, 'squid', 'log');
    const match = NATIVE.exec(line.trimStart());
    if (!match) return decodeAccessLine(line, fields, context, 'squid');
    setTime(fields, epochInstant(Number(match[1])));
    setAnswer(fields, match[5]);
    setBytes(fields, match[6]);
    setMethod(fields, match[7]);
    setTarget(fields, match[8]);
    setRemoteUser(fields, match[9]);
    setSource(fields, match[3] ?? '', undefined, true);
    fields['squid.result_code'] = match[4];
    const result = match[4] ?? '';
    if (result.includes('DENIED')) {
      classify(fields, 'web', 'denied', EVENT_ACTION.webDenied, 'failure');
      atLeast(fields, 'low');
    }
    const peer = match[11] ?? '';
    if (peer !== '-' && fields['destination.ip'] === undefined) fields['destination.address'] = peer;
    return true;
  },
};
