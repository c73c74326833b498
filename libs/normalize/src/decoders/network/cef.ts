import type { SyslogHeader } from '../../syslog-header.js';
import type { Decoder, EventFields } from '../decoder.js';
import { KeyValues } from '../key-values.js';
import { deviceSeverity, setDeviceEvent } from './device-event.js';

const LONGEST = 65_536;
const MOST_PAIRS = 256;
/** "CEF:0|…", with the name that a relay put before it, or without "CEF:" where that was taken for the tag. */
const START = /^(?:[\w.-]{1,48}: ?)?(?:CEF: ?)?([01])\|(?=[^|]{1,128}\|[^|]{0,128}\|[^|]{0,128}\|)/;
/** A key stands behind white space and before an equals sign that no backslash escapes. */
const KEY = /(?:^|\s)([A-Za-z0-9_][\w.[\]-]{0,63})=/g;
const CUSTOM = /^(?:cs|cn|cfp|c6a|flexString|flexNumber|deviceCustomDate|flexDate)\d{1,2}$/;

/** The seven columns, split at pipes that no backslash escapes; what follows is the extension. */
function headerColumns(text: string, from: number): { columns: string[]; end: number } | undefined {
  const columns: string[] = [];
  let start = from;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 124) {
      columns.push(
        text
          .slice(start, at)
          .replace(/\\([|\\])/g, '$1')
          .trim(),
      );
      start = at + 1;
      if (columns.length === 6) return { columns, end: start };
    }
    if (at - from > 4096) return undefined;
  }
  // The severity may be the end of the line.
  if (columns.length !== 5) return undefined;
  columns.push(text.slice(start).trim());
  return { columns, end: text.length };
}

export function unescapeValue(value: string): string {
  if (!value.includes('\\')) return value;
  return value.replace(/\\([=\\|nr])/g, (_all, mark: string) =>
    mark === 'n' ? '\n' : mark === 'r' ? '\r' : mark,
  );
}

/** `key=value key=value`, where values hold spaces: each reaches to the next key. */
export function readExtension(text: string): KeyValues {
  const pairs = new KeyValues();
  let name: string | undefined;
  let from = 0;
  KEY.lastIndex = 0;
  for (let match = KEY.exec(text); match && pairs.pairs < MOST_PAIRS; match = KEY.exec(text)) {
    if (name !== undefined) pairs.add(name, unescapeValue(text.slice(from, match.index).trim()));
    name = match[1];
    from = match.index + match[0].length;
    // The space that ends this value may begin the next key.
    KEY.lastIndex = from;
  }
  if (name !== undefined) pairs.add(name, unescapeValue(text.slice(from).trim()));
  return pairs;
}

/** Custom fields by their labels ("cs1Label=policy_name"), the rest by the device's names. */
function setCustom(pairs: KeyValues, fields: EventFields): void {
  for (const [name, value] of pairs.entries()) {
    if (value === '' || value === 'N/A' || name.endsWith('Label')) continue;
    const label = CUSTOM.test(name) ? pairs.one(`${name}Label`) : undefined;
    fields[`cef.extensions.${label === undefined ? name : label.slice(0, 64).replace(/[^\w.-]+/g, '_')}`] =
      value;
  }
}

export function isCef(header: SyslogHeader, message: string): boolean {
  const at = message.indexOf('|');
  if (at < 1 || at > 60) return false;
  const start = START.exec(message.slice(0, 512));
  // Without its own name five more columns and pairs must show it.
  return (
    start !== null &&
    (message.slice(0, at).includes('CEF:') ||
      /^cef$/i.test(header.program ?? '') ||
      (/^\d$/.test(message.slice(0, at)) &&
        /^\d\|(?:[^|]{0,256}\|){5}\d{1,2}\|\S{1,64}=/.test(message.slice(0, 1800))))
  );
}

/** ArcSight Common Event Format, which many products export. */
export const cef: Decoder = {
  name: 'cef',
  types: ['arcsight', 'common_event_format', 'fireeye', 'unifi-cef'],
  programs: ['CEF'],
  anyProgram: true,
  recognise: isCef,
  decode(message, _header, fields, context) {
    fields['event.module'] = 'cef';
    fields['event.dataset'] = 'cef.log';
    const start = message.length <= LONGEST ? START.exec(message.slice(0, 512)) : null;
    const head = start && headerColumns(message, start[0].length);
    if (!start || !head) return false;
    const [vendor = '', product = '', version = '', id = '', name = '', severity = ''] = head.columns;
    const extension = readExtension(message.slice(head.end));
    fields['cef.name'] = name;
    fields['cef.severity'] = severity;
    setDeviceEvent(
      { vendor, product, version, id, name, severity: deviceSeverity(severity), extension },
      fields,
      context,
    );
    setCustom(extension, fields);
    return true;
  },
};
