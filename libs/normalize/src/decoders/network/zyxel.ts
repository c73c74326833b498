import type { Decoder } from '../decoder.js';
import { readKeyValues } from '../key-values.js';
import { intrusion, judge, login, logout, setEnds, setTransport, setUser } from './verdict.js';
import type { Endpoint } from './verdict.js';

const LONGEST = 8192;
const FORM = /^src="[^"]{0,64}" dst="[^"]{0,64}" msg="/;

/** "192.0.2.1:49152", "[2001:db8::1]:80". */
function endpoint(text: string | undefined): Endpoint | undefined {
  const match = /^\[?([0-9A-Fa-f.:]{2,45}?)\]?:(\d{1,5})$/.exec(text ?? '');
  return match ? { address: match[1] ?? '', port: match[2] === '0' ? undefined : match[2] } : undefined;
}

/** Zyxel USG, ATP and ZyWALL. `msg` may quote users; what is told in pairs of their own counts. */
export const zyxel: Decoder = {
  name: 'zyxel',
  types: ['zywall', 'zyxel_usg'],
  programs: [],
  anyProgram: true,
  recognise: (_header, message) => message.startsWith('src="') && FORM.test(message.slice(0, 160)),
  decode(message, _header, fields) {
    fields['event.module'] = 'zyxel';
    fields['event.dataset'] = 'zyxel.log';
    if (message.length > LONGEST || !FORM.test(message)) return false;
    const pairs = readKeyValues(message);
    const said = pairs.one('msg') ?? '';
    const note = (pairs.one('note') ?? '').toUpperCase();
    const category = (pairs.one('cat') ?? '').toLowerCase();
    fields['observer.vendor'] = 'Zyxel';
    if (/^(?:idp|adp|anomaly|ips)$/.test(category))
      intrusion(fields, 'medium', /DROP|BLOCK|REJECT/.test(note) ? 'drop' : undefined);
    else if (category === 'user' || category.includes('auth')) {
      if (/logged? ?out/i.test(said)) logout(fields);
      else login(fields, /fail|denied|incorrect|locked/i.test(said) ? 'failure' : 'success');
    } else
      judge(
        fields,
        /BLOCK|DROP|DENY/.test(note)
          ? 'drop'
          : /REJECT/.test(note)
            ? 'reject'
            : /FORWARD|ACCEPT|ALLOW/.test(note)
              ? 'accept'
              : 'log',
      );
    setEnds(fields, endpoint(pairs.one('src')), endpoint(pairs.one('dst')));
    setTransport(fields, pairs.one('proto'));
    setUser(fields, pairs.one('user'));
    if (said) fields['zyxel.msg'] = said;
    if (note) fields['zyxel.note'] = note;
    return true;
  },
};
