import { EVENT_ACTION } from '@parapet/contracts';
import { classify } from '../decoder.js';
import type { Decoder } from '../decoder.js';
import { configured, login, logout, setEnds, setUser } from './verdict.js';

const LONGEST = 2048;
/**
 * What the web interfaces of OPNsense (program "audit", earlier "opnsense") and pfSense ("php-fpm", "php") log, e.g.
 * "/index.php: Web GUI authentication error for 'x' from 192.0.2.1". The name in quotes is the client's; the page writes the address.
 */
const ADDRESS = '([0-9A-Fa-f.:]{2,45})';
const FAILED = form('(?:Web GUI|webConfigurator) authentication error for (?:user )?');
const SUCCEEDED = form('Successful login for user ');
const LEFT = form('(?:Session timed out|User logged out) for user ');

/** Behind the address pfSense writes in brackets whom a proxy header names, and in parentheses who vouched for the user. */
function form(start: string): RegExp {
  return new RegExp(
    `^(?:/\\S{1,255}: )?${start}'(.{0,256})' from:? ?${ADDRESS}(?:\\[.{0,512}\\])?(?: \\(.{1,120}\\))?$`,
  );
}

/** OPNsense's authentication back ends say the same a second time, without an address. */
const BACK_END =
  /^user (\S{1,256}) (?:could not authenticate|authenticated successfully) (?:for|via) (\S{1,64})/;
const CHANGED = /^(?:\/\S{1,255}: )?(?:user )?(\S{1,256}) (?:changed configuration to|made changes) /i;

/** The web interface of OPNsense and pfSense. */
export const opnsense: Decoder = {
  name: 'opnsense_gui',
  types: ['opnsense-gui', 'opnsense-gui-auth', 'pfsense-gui', 'pfsense-gui-logs'],
  programs: ['audit', 'opnsense', 'configd.py', 'php-fpm', 'php'],
  anyProgram: true,
  recognise: (_header, message) =>
    message.length <= LONGEST &&
    (message.charCodeAt(0) === 47 || /^(?:user |Web GUI |webConfigurator )/.test(message)) &&
    (FAILED.test(message) || SUCCEEDED.test(message) || LEFT.test(message) || BACK_END.test(message)),
  decode(message, header, fields) {
    const pf = header.program?.startsWith('php') === true;
    fields['event.module'] = pf ? 'pfsense' : 'opnsense';
    fields['event.dataset'] = pf ? 'pfsense.log' : 'opnsense.audit';
    if (message.length > LONGEST) return false;
    const failed = FAILED.exec(message);
    const entry = failed ?? SUCCEEDED.exec(message) ?? LEFT.exec(message);
    if (entry) {
      if (failed) login(fields, 'failure');
      else if (LEFT.test(message)) logout(fields);
      else login(fields, 'success');
      // The name and the proxy's header are both the client's: with a second "' from" nobody can tell which is the page's.
      if (message.indexOf("' from") === message.lastIndexOf("' from")) {
        setEnds(fields, { address: entry[2] ?? '' });
        setUser(fields, entry[1]);
      }
      return true;
    }
    const backEnd = BACK_END.exec(message);
    if (backEnd) {
      const failure = message.includes('could not authenticate');
      classify(fields, 'authentication', 'start', EVENT_ACTION.loginWitness, failure ? 'failure' : 'success');
      setUser(fields, backEnd[1]);
      return true;
    }
    const changed = CHANGED.exec(message);
    if (!changed) return false;
    configured(fields);
    setUser(fields, changed[1]);
    return true;
  },
};
