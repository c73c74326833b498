import type { Severity } from '@parapet/contracts';
import type { Decoder } from '../decoder.js';
import { setTime, wallClock } from '../event-time.js';
import { intrusion, setEnds, setTransport } from './verdict.js';

const LONGEST = 4096;
/**
 * "07/11/2022-10:29:01.860293  [Drop] [**] [1:2200074:2] NAME [**] [Classification: …] [Priority: 3] {TCP} 192.0.2.1:1 -> 198.51.100.2:80":
 * Suricata's alert-fastlog.c, Snort's alert_fast; by syslog without time and stars. Names come from the rules, not from clients.
 */
const TIME = /^(?:(\d\d)\/(\d\d)(?:\/(\d{2,4}))?-(\d\d):(\d\d):(\d\d)\.(\d{1,6}) +)/;
const ALERT =
  /^(?:\[(Drop|wDrop|Pass)\] )?(?:\[\*\*\] )?\[(?:(Drop|wDrop)\] ?\[)?(\d{1,10}):(\d{1,10}):(\d{1,10})\] (.{1,512}?)(?: \[\*\*\])?(?: \[(?:Classification: ([^\]]{0,128}))\])?(?: \[Priority: (\d{1,3})\])?:? (?:<\S{1,32}> )?\{([A-Za-z0-9_-]{1,24})\} (\S{2,64}) -> (\S{2,64})$/;

/** "192.0.2.1:80", "2001:db8::1:80", "[2001:db8::1]:80", and without a port. */
function endpoint(text: string, hasPort: boolean): { address: string; port?: string } {
  const bracketed = /^\[([0-9A-Fa-f:.]{2,45})\](?::(\d{1,5}))?$/.exec(text);
  if (bracketed) return { address: bracketed[1] ?? '', port: bracketed[2] };
  const colon = text.lastIndexOf(':');
  if (colon === -1 || (!hasPort && text.indexOf(':') !== colon)) return { address: text };
  return { address: text.slice(0, colon), port: text.slice(colon + 1) };
}

const SEVERITY: Record<string, Severity> = { '1': 'high', '2': 'medium', '3': 'low' };

/** Suricata's fast.log and Snort's alert_fast, in files and by syslog. */
export const idsFast: Decoder = {
  name: 'suricata_fast',
  types: ['suricata-fastlogs', 'suricata-fastlog', 'fastlog', 'snort', 'snort_fast'],
  programs: ['suricata', 'snort', 'snort3', 'barnyard2', 'barnyard'],
  wholeLines: true,
  recognise: (_header, message) => {
    const first = message.charCodeAt(0);
    if (first !== 91 && !(first >= 48 && first <= 57)) return false;
    return message.includes('} ') && ALERT.test(message.slice(0, LONGEST).replace(TIME, ''));
  },
  decode(message, header, fields, context) {
    const snort = header.program !== undefined && header.program !== 'suricata';
    fields['event.module'] = snort ? 'snort' : 'suricata';
    fields['event.dataset'] = snort ? 'snort.log' : 'suricata.fast';
    if (message.length > LONGEST) return false;
    const time = TIME.exec(message);
    const match = ALERT.exec(time ? message.slice(time[0].length) : message);
    if (!match) return false;
    const [
      ,
      drop,
      innerDrop,
      gid,
      sid,
      rev,
      name,
      category,
      priority,
      protocol = '',
      source = '',
      destination = '',
    ] = match;
    if (time) {
      const year = time[3];
      setTime(
        fields,
        wallClock(
          {
            year: year === undefined ? undefined : Number(year.length === 2 ? `20${year}` : year),
            month: Number(time[1]),
            day: Number(time[2]),
            hour: Number(time[4]),
            minute: Number(time[5]),
            second: Number(time[6]),
            ms: Math.floor(Number(`0.${time[7] ?? '0'}`) * 1000),
          },
          context,
        ),
      );
    }
    intrusion(
      fields,
      SEVERITY[priority ?? ''] ?? 'info',
      (drop ?? innerDrop) === 'Drop' ? 'drop' : undefined,
    );
    fields['rule.id'] = sid;
    fields['rule.version'] = rev;
    fields['rule.name'] = name;
    fields['suricata.gid'] = gid;
    if (category) fields['rule.category'] = category;
    const hasPort = /^(?:TCP|UDP|SCTP)$/i.test(protocol);
    setEnds(fields, endpoint(source, hasPort), endpoint(destination, hasPort));
    setTransport(fields, protocol);
    return true;
  },
};
