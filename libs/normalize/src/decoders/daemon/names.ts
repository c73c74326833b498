import { EVENT_ACTION } from '@parapet/contracts';
import { isoInstant, monthNumber, wallClock, epochInstant } from '../event-time.js';
import { DNS_DENIED, SERVICE_STARTED, SERVICE_STOPPED } from '../meanings.js';
import { form } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

const QUERY: Meaning = { category: 'network', type: 'protocol', action: EVENT_ACTION.connection };
/** "client @0x7f… 192.0.2.1#53 (name): view x: ": written before the name that was asked. */
const CLIENT = String.raw`^client (?:@0x[0-9a-f]{1,16} )?<ip>#<port>(?: \([^\s]{0,255}\))?: (?:view [\w.-]{1,64}: )?`;

/** BIND 9 (named): whom it refused what (lib/ns/query.c, xfrout.c, update.c, client.c). */
export const named = serviceDecoder({
  name: 'named',
  types: ['bind', 'bind9', 'named-refused'],
  module: 'bind',
  programs: ['named', 'bind', 'named-sdb', 'named-pkcs11', 'update-security', 'xfer-out', 'bind9'],
  forms: [
    form(
      DNS_DENIED,
      `${CLIENT}(?:(?:zone transfer|query|recursion|update|dnssec|notify)[^']{0,60})?'.{0,300}' (?<reason>denied).{0,100}$`,
    ),
    form(
      DNS_DENIED,
      `${CLIENT}(?:query|query \\(cache\\)|recursion|update|bad zone transfer request)(?::)? .{0,300}(?<reason>denied|refused|non-authoritative zone).{0,200}$`,
    ),
    form(DNS_DENIED, `${CLIENT}(?:query \\(cache\\)|query) (?<reason>denied)$`),
    form(DNS_DENIED, `${CLIENT}rate limit (?<reason>(?:drop|slip|would).{1,200})$`),
    form(
      DNS_DENIED,
      `${CLIENT}(?:request has invalid signature|bad zone transfer request|AXFR-style|signer).{0,300}(?<reason>denied|NOTAUTH|BADKEY|BADSIG|invalid).{0,100}$`,
    ),
    form(QUERY, `${CLIENT}query: .{1,600}$`),
    form(QUERY, `${CLIENT}(?:transfer of|zone transfer) '.{1,300}': (?:AXFR|IXFR) .{1,100}$`),
    form(SERVICE_STARTED, '^(?:starting BIND|running)(?: .{0,200})?$'),
    form(SERVICE_STOPPED, '^(?:exiting|shutting down).{0,100}$'),
  ],
  lead: /^(?:(?:security|update-security|queries|xfer-out|xfer-in|general|client|query-errors|rate-limit|default|update|notify|resolver): )?(?:(?:error|info|notice|warning|critical|debug \d{1,3}): )?/,
  file: {
    pattern: /^(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{3}) /,
    time(text, context) {
      const at = /^(\d\d)-(...)-(\d{4}) (\d\d):(\d\d):(\d\d)\.(\d{3})/.exec(text);
      if (!at) return undefined;
      return wallClock(
        {
          year: Number(at[3]),
          month: monthNumber(at[2] ?? ''),
          day: Number(at[1]),
          hour: Number(at[4]),
          minute: Number(at[5]),
          second: Number(at[6]),
          ms: Number(at[7]),
        },
        context,
      );
    },
  },
});

/** NLnet Labs' nsd and unbound: "[time] nsd[pid]: level: message". */
export const nsd = serviceDecoder({
  name: 'nsd',
  types: ['unbound'],
  programs: ['nsd', 'unbound'],
  forms: [
    form(
      DNS_DENIED,
      '^(?<reason>ratelimit block) \\S{1,255} type .{1,60} (?:target|query) \\S{1,64} (?:query )?<ip> .{1,60}$',
    ),
    form(
      DNS_DENIED,
      '^(?:axfr|ixfr|notify|query|update) for \\S{1,255}\\.? from <ip>(?:@\\d{1,5})? (?<reason>refused.{0,200})$',
    ),
    form(
      DNS_DENIED,
      '^(?:axfr|ixfr|notify|query) .{0,300} from (?:client )?<ip>(?:@\\d{1,5})? (?<reason>(?:no acl|refused|denied|blocked).{0,200})$',
    ),
    form(DNS_DENIED, '^(?:ip_ratelimit exceeded|refused query from) <ip>.{0,200}$'),
    // unbound with log-queries, log-replies or log-local-actions: address, name, type, class.
    form(QUERY, '^<ip> \\S{1,255} [A-Z0-9]{1,12} IN(?: .{0,100})?$'),
    form(
      DNS_DENIED,
      '^\\S{1,255} (?:always_)?(?<reason>refuse|deny|nxdomain|static|redirect) <ip>@<port> \\S{1,255} [A-Z0-9]{1,12} IN$',
    ),
    form(
      SERVICE_STARTED,
      '^(?:nsd|unbound|start of service|service).{0,60}(?:started|start of service).{0,60}$',
    ),
    form(SERVICE_STOPPED, '^service stopped.{0,100}$'),
  ],
  lead: /^(?:\[\d{1,10}:[0-9a-f]{1,4}\] )?(?:(?:info|notice|warning|error|debug|query|reply): )?/,
  file: {
    pattern:
      /^\[(\d{10}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})\] (?:nsd|unbound)\[\d{1,10}(?::[0-9a-f]{1,4})?\]: /,
    time: (text, context) => (/^\d{10}$/.test(text) ? epochInstant(Number(text)) : isoInstant(text, context)),
  },
});
