import { normalizeIp } from '@parapet/contracts';
import type { Decoder, EventFields } from '../decoder.js';
import { configured, connected, judge, login, logout, setEnds, setLevel, setUser } from './verdict.js';

const LONGEST = 8192;
/** "info tmm[20175]: 01010028:6: text": the level stands where other programs have their name. */
const LEVEL_FIRST = /^([\w.-]{1,48})\[(\d{1,10})\]: (?=[0-9a-f]{8}:[0-7]: )/;
const CODE = /^([0-9a-f]{8}):([0-7]): (.{0,7000})$/s;
/** What PAM says for the web interface, SSH and the console. The name is what was typed: all up to the last of the device's words. */
const PAM =
  '^(?:AUDIT - user .{1,256}? - RAW: )?[\\w.-]{1,32}\\((?:pam_audit|mod_auth_pam)\\): [Uu]ser=(.{0,256})';
const PAM_FAILED = new RegExp(
  `${PAM} tty=\\S{1,64} host=(\\S{2,64}) failed to login after (\\d{1,6}) attempts`,
);
const PAM_SESSION = new RegExp(
  `${PAM} partition=\\S{1,64} level=.{1,64}? tty=\\S{1,64} host=(\\S{2,64})(?: attempts=(\\d{1,6}))? start="[^"]{1,64}"( end="[^"]{1,64}")?`,
);
const APM_LOGIN = /Username '(.{0,256})'$/;
const APM_CLIENT = /New session from client IP ([0-9A-Fa-f.:]{2,45})/;
const AUDIT = /AUDIT - (?:client tmui, )?(?:pid=\d+ )?user[= ](\S{1,128}?),? /;

function decodeText(code: string, text: string, fields: EventFields): void {
  const failed = PAM_FAILED.exec(text);
  const entry = failed ?? PAM_SESSION.exec(text);
  if (entry) {
    if (failed) login(fields, 'failure');
    else if (entry[4] !== undefined && entry[3] === undefined) logout(fields);
    else login(fields, 'success');
    if (failed && Number(entry[3]) > 1) fields['labels.repeat_count'] = Number(entry[3]);
    // "admin(admin)": what was typed, and whom it stands for.
    setUser(fields, entry[1]?.replace(/\([^()]{0,256}\)$/, ''));
    if (normalizeIp(entry[2] ?? '') !== undefined) setEnds(fields, { address: entry[2] ?? '' });
    return;
  }
  const client = APM_CLIENT.exec(text);
  if (client) {
    connected(fields, 'start');
    setEnds(fields, { address: client[1] ?? '' });
    return;
  }
  if (
    code.startsWith('0149') &&
    /authentication (?:with .{1,64} )?failed|Access policy result: Logon_Deny|[Ll]ogon (?:failed|denied)/.test(
      text,
    )
  )
    return login(fields, 'failure');
  if (code.startsWith('0149') && APM_LOGIN.test(text)) {
    setUser(fields, APM_LOGIN.exec(text)?.[1]);
    fields['event.category'] = 'session';
    return;
  }
  const audit = AUDIT.exec(text);
  if (audit) {
    configured(fields);
    setUser(fields, audit[1]);
    return;
  }
  if (/denied|Access Denied/.test(text)) return judge(fields, 'reject');
  fields['event.category'] = /[Ss]yncookie|SYN|DOS|DoS/.test(text) ? 'network' : 'host';
}

/** F5 BIG-IP (LTM, APM, audit); ASM writes CEF or pairs. */
export const f5: Decoder = {
  name: 'f5_bigip',
  types: ['f5', 'bigip', 'big-ip', 'f5_big_ip', 'f5-bigip'],
  programs: ['tmm', 'tmm1', 'tmm2', 'tmm3', 'mcpd', 'bigd', 'apmd', 'ltm'],
  anyProgram: true,
  recognise: (header, message) => {
    if (header.program === undefined) return false;
    if (message.charCodeAt(8) === 58 && CODE.test(message.slice(0, 4096))) return true;
    const bracket = message.indexOf(']');
    return bracket > 2 && bracket < 62 && LEVEL_FIRST.test(message.slice(0, 90));
  },
  decode(message, _header, fields) {
    fields['event.module'] = 'f5_bigip';
    fields['event.dataset'] = 'f5_bigip.log';
    if (message.length > LONGEST) return false;
    const first = LEVEL_FIRST.exec(message);
    const match = CODE.exec(first ? message.slice(first[0].length) : message);
    if (!match) return false;
    const [, code = '', level, text = ''] = match;
    if (first) {
      fields['process.name'] = first[1];
      fields['process.pid'] = Number(first[2]);
    }
    fields['observer.vendor'] = 'F5';
    fields['observer.product'] = 'BIG-IP';
    fields['event.code'] = code;
    setLevel(fields, level);
    decodeText(code, text, fields);
    return true;
  },
};
