import type { Decoder } from '../decoder.js';
import { setPort } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { jsonDecoder, textAt } from '../json/index.js';
import { COMMAND_RUN, CONNECTED, DISCONNECTED, LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { form, mean, setPeer, setUserName } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

const EVENTS = new Map<string, Meaning>([
  ['cowrie.session.connect', CONNECTED],
  ['cowrie.session.closed', DISCONNECTED],
  ['cowrie.login.failed', LOGIN_FAILED],
  // Nobody honest logs in to a honeypot.
  ['cowrie.login.success', { ...LOGIN_SUCCEEDED, severity: 'medium' }],
  ['cowrie.command.input', { ...COMMAND_RUN, severity: 'medium' }],
  ['cowrie.command.failed', { ...COMMAND_RUN, severity: 'medium', outcome: 'failure' }],
  ['cowrie.session.file_download', { ...COMMAND_RUN, category: 'file', severity: 'medium' }],
]);

/** Cowrie, an SSH and Telnet honeypot: its JSON log. */
export const cowrieJson = jsonDecoder({
  name: 'cowrie-json',
  recogniseRecord: (record) =>
    typeof record['eventid'] === 'string' && record['eventid'].startsWith('cowrie.'),
  decodeRecord(record, fields, context) {
    fields['event.module'] = 'cowrie';
    fields['event.dataset'] = 'cowrie.log';
    const kind = textAt(record, 'eventid') ?? '';
    mean(fields, EVENTS.get(kind) ?? { ...CONNECTED, type: 'info' });
    fields['cowrie.eventid'] = kind;
    fields['cowrie.session'] = textAt(record, 'session');
    const time = textAt(record, 'timestamp');
    if (time !== undefined) setTime(fields, isoInstant(time, context));
    const message = textAt(record, 'message');
    if (message !== undefined) fields.message = message;
    const address = textAt(record, 'src_ip');
    if (address !== undefined) setPeer(fields, address, textAt(record, 'src_port'));
    const local = textAt(record, 'dst_ip');
    if (local !== undefined) fields['destination.ip'] = local;
    const port = textAt(record, 'dst_port');
    if (port !== undefined) setPort(fields, 'destination.port', port);
    const protocol = textAt(record, 'protocol');
    if (protocol !== undefined) fields['network.protocol'] = protocol;
    const user = textAt(record, 'username');
    if (user !== undefined) setUserName(fields, user);
    const input = textAt(record, 'input');
    if (input !== undefined) fields['process.command_line'] = input;
    const url = textAt(record, 'url');
    if (url !== undefined) fields['url.original'] = url;
    return true;
  },
});

/** Cowrie's text log: the address stands in the connection's line and in the tag of every other one. */
export const cowrie = serviceDecoder({
  name: 'cowrie',
  programs: ['cowrie', 'kippo'],
  forms: [
    form(CONNECTED, '^New connection: <ip>:<port> \\(<to>:<toport>\\) \\[session: [0-9A-Za-z]{1,40}\\]$'),
    form(LOGIN_FAILED, "^login attempt \\[b?'?(?<user>[^/\\]']{0,256})'?/b?'?.{0,256}'?\\] failed$"),
    form(
      { ...LOGIN_SUCCEEDED, severity: 'medium' },
      "^login attempt \\[b?'?(?<user>[^/\\]']{0,256})'?/b?'?.{0,256}'?\\] succeeded$",
    ),
    form({ ...COMMAND_RUN, severity: 'medium' }, '^CMD: .{0,3000}$'),
    form(DISCONNECTED, '^(?:Connection lost after|Got remote error|Closing TTY Log).{0,300}$'),
  ],
  lead: /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d) )?\[[^\]]{1,120}\] /,
  file: {
    pattern: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)) (?=\[[^\]]{1,120}\] )/,
    time: isoInstant,
  },
});

export const COWRIE: readonly Decoder[] = [cowrieJson, cowrie];
