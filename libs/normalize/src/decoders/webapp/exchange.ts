import { EVENT_ACTION } from '@parapet/contracts';
import { classify, setDestination } from '../decoder.js';
import type { Decoder } from '../decoder.js';
import { isoInstant, setTime } from '../event-time.js';
import { LOGGED_OUT, LOGIN_FAILED, LOGIN_SUCCEEDED } from '../meanings.js';
import { mean } from '../message-form.js';
import { setClient } from '../web/client.js';
import { setDataset } from '../web/http-fields.js';

/** Protocol logging of Exchange's POP3 and IMAP4: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context. */
const LINE =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z),([0-9A-F]{16}),(\d{1,9}),(\[?[0-9A-Fa-f.:]{2,45}\]?:\d{1,5}),(\[?[0-9A-Fa-f.:]{2,45}\]?:\d{1,5}),([^",]{0,256}),\d{0,12},\d{0,12},\d{0,12},([A-Za-z]{1,32}),/;

export const exchange: Decoder = {
  name: 'exchange',
  types: ['exchange-imap', 'exchange-pop', 'exchange_imap', 'exchange_pop'],
  programs: ['exchange'],
  wholeLines: true,
  recognise: (_header, line) => line.charCodeAt(23) === 90 && line.charCodeAt(24) === 44 && LINE.test(line),
  decode(line, _header, fields, context) {
    setDataset(fields, 'exchange', 'client_access');
    const match = LINE.exec(line);
    if (!match) return false;
    setTime(fields, isoInstant(match[1] ?? '', context));
    const server = /^\[?(.{2,45}?)\]?:(\d{1,5})$/.exec(match[4] ?? '');
    if (server) setDestination(fields, server[1] ?? '', server[2]);
    setClient(fields, match[5] ?? '', false, true);
    if (match[6]) fields['user.name'] = match[6];
    const command = (match[7] ?? '').toLowerCase();
    fields['exchange.command'] = command;
    const rest = line.slice(match[0].length);
    if (/^(?:authenticate|login|auth|pass)$/.test(command))
      mean(
        fields,
        /AuthFailed|LogonDenied|AUTHENTICATE failed|LOGIN failed|Logon failure/i.test(rest)
          ? LOGIN_FAILED
          : LOGIN_SUCCEEDED,
      );
    else if (command === 'logout' || command === 'quit') mean(fields, LOGGED_OUT);
    else classify(fields, 'email', 'info', EVENT_ACTION.applicationEvent);
    return true;
  },
};
