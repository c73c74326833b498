import type { Decoder } from './decoder.js';

/** What no other decoder knows: the header's fields and the message as it stands. */
export const generic: Decoder = {
  name: 'generic',
  programs: [],
  decode(_message, _header, fields) {
    fields['event.module'] = 'system';
    fields['event.dataset'] = 'system.syslog';
    return true;
  },
};
