/**
 * Messages of Cisco ASA, PIX, FWSM and FTD by number, after "Cisco Secure Firewall ASA Series Syslog Messages". Groups:
 * `src`, `dst`: "interface:address/port"; `user`, `ip`; `proto`; `rule`; `bytes`; `dir`; `verdict`; `first`, `second`: ends of which
 * the message does not say who began. User names and URLs are clients' words: they are taken between words that only the device
 * writes there, up to the last of them.
 */
export interface AsaRow {
  ids: string;
  is:
    | 'deny'
    | 'reject'
    | 'verdict'
    | 'built'
    | 'teardown'
    | 'translation'
    | 'attack'
    | 'login_success'
    | 'login_failure'
    | 'logout'
    | 'session'
    | 'command'
    | 'account_added'
    | 'account_deleted'
    | 'account_changed'
    | 'connection'
    | 'access'
    | 'other';
  form: RegExp;
}

export const E = '[^\\s()]{1,320}';
export const SRC = `(?<src>${E})(?: ?\\([^()]{0,256}\\))?`;
export const DST = `(?<dst>${E}?)`;
export const PROTO = '(?:protocol )?(?<proto>[A-Za-z0-9-]{1,20})';
export const IP = '(?<ip>[0-9A-Fa-f.:]{2,45})';
/** A name in brackets, quotes or alone may hold anything. */
export const ANY = '.{0,256}';
export const re = (text: string) => new RegExp(text);
