import type { WinEvent } from './win-event.js';

/** Snare's fields, parted by tabs (which some syslog servers write as "#011"). */
function fromSnare(message: string): WinEvent | undefined {
  const text = message.includes('\t') ? message : message.replaceAll('#011', '\t');
  const parts = text.split('\t', 20);
  if (parts.length < 13) return undefined;
  const [, , channel, record, time, id, provider, user, , type, computer, , , description] = parts;
  if (id === undefined || !/^\d{1,6}$/.test(id)) return undefined;
  const data: WinEvent['data'] = new Map();
  return {
    id,
    channel,
    provider,
    recordId: record,
    time,
    computer,
    level: type,
    userSid: undefined,
    message: description ?? '',
    data: user ? data.set('SnareUser', user) : data,
  };
}

/** OSSEC's: "WinEvtLog: Security: AUDIT_FAILURE(4625): provider: user: domain: COMPUTER: message". */
const OSSEC =
  /^(?:(\d{4}) ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) )?WinEvtLog: ([^:]{1,128}): ([A-Z_]{1,20})\((\d{1,6})\): ([^:]{1,128}): ([^:]{0,256}): ([^:]{0,256}): ([^:\s]{1,255}): /;

function fromOssec(message: string): WinEvent | undefined {
  const m = OSSEC.exec(message.slice(0, 2048));
  if (!m) return undefined;
  const [head, year, month, day, clock, channel, level, id = '', provider, , , computer] = m;
  const time = year === undefined ? undefined : `${month} ${day} ${clock} ${year}`;
  return {
    id,
    channel,
    provider,
    computer,
    level,
    time,
    message: message.slice(head.length),
    data: new Map(),
  };
}

/** A Windows event in a line of text; undefined if it is none. */
export function winEventOfText(message: string): WinEvent | undefined {
  if (message.startsWith('MSWinEventLog'))
    return fromSnare(
      message.replace(/^MSWinEventLog: ?(?=MSWinEventLog|\d)/, (tag) =>
        message.startsWith(`${tag}MSWinEventLog`) ? '' : 'MSWinEventLog\t',
      ),
    );
  return message.includes('WinEvtLog: ') ? fromOssec(message) : undefined;
}
