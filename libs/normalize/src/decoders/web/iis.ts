import type { Decoder } from '../decoder.js';
import { setDestination, setSource } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import {
  present,
  setAgent,
  setAnswer,
  setDataset,
  setHost,
  setMethod,
  setReferrer,
  setRemoteUser,
} from './http-fields.js';

/** date time (s-sitename s-computername) s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip … : IIS's default order. */
const HEAD =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:(W3SVC\d{1,10}) (\S{1,255}) )?([0-9A-Fa-f.:%]{2,45}) ([A-Za-z][A-Za-z_-]{0,31}) (\S{1,8192}) (\S{1,8192}) (\d{1,5}) (\S{1,512}) ([0-9A-Fa-f.:%]{2,45}) (.{1,16384})$/;
const STATUS = / (\d{3}) (\d{1,5}) (\d{1,10})(?: \d{1,15}){0,3}$/;

/** "Mozilla/5.0+(Windows)": IIS writes plus for space. */
function spaced(text: string | undefined): string | undefined {
  return text?.replaceAll('+', ' ');
}

/** IIS's W3C extended log. Words of clients have no spaces (they become +), so that the order of columns holds. */
export const iis: Decoder = {
  name: 'iis',
  types: ['iis-w3c', 'w3c', 'iis-access'],
  programs: ['iis', 'w3svc'],
  wholeLines: true,
  recognise: (_header, line) => line.charCodeAt(10) === 32 && line.charCodeAt(4) === 45 && HEAD.test(line),
  decode(line, _header, fields, context) {
    setDataset(fields, 'iis', 'access');
    const match = HEAD.exec(line.trimEnd());
    if (!match) return false;
    // IIS writes UTC, whatever the server's zone.
    setTime(fields, isoInstant(`${match[1] ?? ''}Z`, context));
    let rest = match[11] ?? '';
    const status = STATUS.exec(` ${rest}`);
    setAnswer(fields, status?.[1]);
    if (status) {
      fields['iis.access.sub_status'] = Number(status[2]);
      fields['iis.access.win32_status'] = Number(status[3]);
      rest = rest.slice(0, Math.max(0, status.index - 1));
    }
    if (present(match[2])) fields['iis.access.site_name'] = match[2];
    if (present(match[3])) fields['host.name'] = match[3];
    setMethod(fields, match[5]);
    const path = match[6] ?? '';
    const query = match[7] ?? '';
    fields['url.path'] = path;
    fields['url.original'] = present(query) ? `${path}?${query}` : path;
    if (present(query)) fields['url.query'] = query;
    setSource(fields, match[10] ?? '');
    setDestination(fields, match[4] ?? '', match[8]);
    setRemoteUser(fields, match[9]);
    const words = rest.split(' ');
    if (/^HTTP\/\d/.test(words[0] ?? '')) fields['http.version'] = (words.shift() ?? '').slice(5);
    setAgent(fields, spaced(words[0]));
    const referrer = words.slice(1).find((word) => /^https?:\/\//.test(word));
    setReferrer(fields, referrer);
    const host = words.at(-1);
    if (words.length > 2 && host !== referrer) setHost(fields, host);
    return true;
  },
};
