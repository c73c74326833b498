import type { Decoder } from '../decoder.js';
import { judge, intrusion, setEnds, setTransport } from './verdict.js';

const LONGEST = 4096;
const BLOCKED =
  /^Blocked Host: Blocked host (\S{2,64}) at .{1,40}? by (.{1,128}?) using (\w{1,16})(?:\/(\d{1,5}))?(?: \([^()]{0,64}\))? destination (\S{2,64})(?: source port (\w{1,8}))?,?(?: ?URL: .{0,512})?$/;

/** Netscout Arbor APS/AED. */
export const arbor: Decoder = {
  name: 'arbor',
  types: ['arbor_aps', 'arbor-networks-aps', 'netscout_arbor'],
  programs: ['arbor-networks-aps', 'arbor-aed', 'arbor-networks-aed', 'arbor-sightline', 'pfsp'],
  decode(message, _header, fields) {
    fields['event.module'] = 'arbor';
    fields['event.dataset'] = 'arbor.log';
    if (message.length > LONGEST) return false;
    fields['observer.vendor'] = 'Netscout';
    const match = BLOCKED.exec(message);
    if (match) {
      const [, source = '', rule, protocol, port, destination = '', sourcePort] = match;
      judge(fields, 'drop');
      setEnds(
        fields,
        { address: source, port: /^\d+$/.test(sourcePort ?? '') ? sourcePort : undefined },
        { address: destination, port },
      );
      setTransport(fields, protocol);
      fields['rule.name'] = rule;
      return true;
    }
    const category = /^([A-Z][A-Za-z ]{1,40}): /.exec(message)?.[1];
    if (category === undefined) return false;
    if (/attack|alert|ddos/i.test(category)) intrusion(fields, 'medium', undefined);
    else fields['event.category'] = 'network';
    fields['arbor.category'] = category;
    return true;
  },
};
