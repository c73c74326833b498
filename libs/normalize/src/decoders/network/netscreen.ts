import type { Decoder } from '../decoder.js';
import { readKeyValues } from '../key-values.js';
import {
  configured,
  intrusion,
  judge,
  login,
  logout,
  setEnds,
  setLevel,
  setTransport,
  setUser,
  severityOf,
  verdictOf,
} from './verdict.js';

const LONGEST = 4096;
const FORM =
  /^(?:\S{1,64}: )?NetScreen device_id=(\S{1,64}) {1,3}(?:\[([^\]]{1,64})\])?system-(\w{1,16})-(\d{1,6})(?:\((\w{1,16})\))?: /;
/** "… by NAME via web from host 192.0.2.1 to …"; the address is the device's word, behind the name. */
const BY =
  / (?:was \w{1,24}|saved|changed|set|unset)?.{0,200}?by (\S{1,128}) via (?:\w{1,16}|admin \S{1,32}) from host ([0-9A-Fa-f.:]{2,45})/;
const ATTACK =
  /^(.{1,80}?)! (?:[Ff]rom|source:?) ([0-9A-Fa-f.]{7,15})(?::(\d{1,5}))? to ([0-9A-Fa-f.]{7,15})(?::(\d{1,5}))?, proto (\w{1,16})/;
const ADMIN =
  /^(?:Management session|Admin(?: user)?|Login attempt|ADMIN AUTH|SSH).{0,200}?(?:admin(?:istrator)?|user|by) "?([^"\s]{1,128})"?.{0,120}? from (?:host )?\(?([0-9A-Fa-f.]{7,15})(?::(\d{1,5}))?\)?/i;

/** Juniper NetScreen (ScreenOS). */
export const netscreen: Decoder = {
  name: 'juniper_netscreen',
  types: ['netscreen', 'netscreenfw', 'screenos'],
  programs: [],
  anyProgram: true,
  recognise: (_header, message) =>
    message.slice(0, 80).includes('NetScreen device_id=') && FORM.test(message.slice(0, 320)),
  decode(message, _header, fields) {
    fields['event.module'] = 'juniper_netscreen';
    fields['event.dataset'] = 'juniper_netscreen.log';
    const form = message.length <= LONGEST ? FORM.exec(message) : null;
    if (!form) return false;
    const [whole, device, , level, code, kind] = form;
    const text = message.slice(whole.length);
    fields['observer.vendor'] = 'Juniper';
    fields['observer.product'] = 'Netscreen';
    fields['observer.name'] = device;
    fields['event.code'] = code;
    setLevel(fields, level);
    if (kind === 'traffic') {
      // "src zone=" and "dst zone=" are names with a space.
      const pairs = readKeyValues(text.replace(/(src|dst) (zone|xlated ip)=/g, '$1-$2='));
      judge(fields, verdictOf(pairs.one('action')) ?? 'log');
      const source = pairs.one('src');
      const destination = pairs.one('dst');
      setEnds(
        fields,
        source ? { address: source, port: pairs.one('src_port') } : undefined,
        destination ? { address: destination, port: pairs.one('dst_port') } : undefined,
      );
      setTransport(fields, pairs.one('proto'));
      const policy = pairs.one('policy_id');
      if (policy) fields['rule.id'] = policy;
      return true;
    }
    const attack = ATTACK.exec(text);
    if (attack) {
      intrusion(fields, severityOf(level) ?? 'high', 'drop');
      fields['rule.name'] = attack[1];
      setEnds(
        fields,
        { address: attack[2] ?? '', port: attack[3] },
        { address: attack[4] ?? '', port: attack[5] },
      );
      setTransport(fields, attack[6]);
      return true;
    }
    const administrator = ADMIN.exec(text);
    if (administrator && /log(?:ged)? ?(?:in|on|out)|login|established|authenticat/i.test(text)) {
      if (/logged out|log out|closed/i.test(text)) logout(fields);
      else login(fields, /fail|denied|reject|refused|invalid/i.test(text) ? 'failure' : 'success');
      if (countOf(text, ' from ') === 1) {
        setUser(fields, administrator[1]);
        setEnds(fields, { address: administrator[2] ?? '', port: administrator[3] });
      }
      return true;
    }
    const by = BY.exec(text);
    if (by || /configuration (?:saved|changed)|was (?:modified|added|deleted)/i.test(text)) {
      configured(fields);
      if (by && countOf(text, ' from host ') === 1) {
        setUser(fields, by[1]);
        setEnds(fields, { address: by[2] ?? '' });
      }
      return true;
    }
    fields['event.category'] = 'network';
    return true;
  },
};

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}
