import type { Decoder } from '../decoder.js';
import { KeyValues } from '../key-values.js';
import { readExtension, unescapeValue } from './cef.js';
import { deviceSeverity, deviceTime, setDeviceEvent } from './device-event.js';

const LONGEST = 65_536;
const MOST_PAIRS = 256;
const START =
  /^(?:[\w.-]{1,48}: ?)?LEEF: ?([12])\.\d\|([^|]{0,128})\|([^|]{0,128})\|([^|]{0,128})\|([^|]{0,256})\|/;
/** LEEF 2.0 names its delimiter: one character, or its code ("0x09", "x5E"). */
const DELIMITER = /^(?:0?x([0-9A-Fa-f]{1,4})|([^|]))?\|/;

/** LEEF's names (IBM, "LEEF event components") as CEF's. */
const AS_CEF = new Map([
  ['srcPort', 'spt'],
  ['dstPort', 'dpt'],
  ['usrName', 'suser'],
  ['accountName', 'duser'],
  ['srcMAC', 'smac'],
  ['dstMAC', 'dmac'],
  ['srcBytes', 'out'],
  ['dstBytes', 'in'],
  ['action', 'act'],
  ['Action', 'act'],
  ['domain', 'sntdom'],
  ['url', 'request'],
  ['identHostName', 'shost'],
  ['srcUserName', 'suser'],
  ['userName', 'suser'],
]);

function readAttributes(text: string, delimiter: string): KeyValues {
  if (!text.includes(delimiter) && delimiter === '\t') {
    // A relay made spaces of the tabs.
    const pairs = new KeyValues();
    for (const [name, value] of readExtension(text).entries()) pairs.add(AS_CEF.get(name) ?? name, value);
    return pairs;
  }
  const pairs = new KeyValues();
  for (const part of text.split(delimiter, MOST_PAIRS)) {
    const equals = part.indexOf('=');
    if (equals < 1 || equals > 64) continue;
    const name = part.slice(0, equals).trim();
    pairs.add(AS_CEF.get(name) ?? name, unescapeValue(part.slice(equals + 1).trim()));
  }
  return pairs;
}

/** QRadar's Log Event Extended Format, 1.0 and 2.0. */
export const leef: Decoder = {
  name: 'leef',
  types: ['qradar', 'panda_paps'],
  programs: ['LEEF'],
  anyProgram: true,
  recognise: (_header, message) => {
    const at = message.indexOf('LEEF:');
    return at >= 0 && at < 52 && START.test(message.slice(0, 800));
  },
  decode(message, _header, fields, context) {
    fields['event.module'] = 'leef';
    fields['event.dataset'] = 'leef.log';
    const start = message.length <= LONGEST ? START.exec(message.slice(0, 800)) : null;
    if (!start) return false;
    const [head, form, vendor = '', product = '', version = '', id = ''] = start;
    let text = message.slice(head.length);
    let delimiter = '\t';
    if (form === '2') {
      const named = DELIMITER.exec(text.slice(0, 8));
      if (named) {
        delimiter = named[1] ? String.fromCharCode(Number.parseInt(named[1], 16)) : (named[2] ?? '\t');
        text = text.slice(named[0].length);
      }
    }
    const extension = readAttributes(text, delimiter);
    const category = extension.one('cat');
    const severity = extension.one('sev');
    const name =
      extension.one('eventName') ?? extension.one('eventDesc') ?? (category ? `${id} ${category}` : id);
    setDeviceEvent(
      {
        vendor,
        product,
        version,
        id,
        name,
        severity: severity === undefined ? undefined : deviceSeverity(severity),
        extension,
      },
      fields,
      context,
    );
    const time = deviceTime(extension.one('devTime'), context);
    if (time !== undefined) fields['@timestamp'] = time;
    for (const [key, value] of extension.entries())
      if (value !== '' && !/[^\w.-]/.test(key)) fields[`leef.${key}`] = value;
    return true;
  },
};
