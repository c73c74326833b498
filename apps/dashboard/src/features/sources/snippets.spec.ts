import { SYSLOG_PORTS } from './ports.js';
import { snippetsFor } from './snippets.js';

describe('snippets for senders', () => {
  it('name the host of the page and the port of the transport', () => {
    for (const { id, text } of snippetsFor('siem.example')) {
      expect(text).toContain('siem.example');
      expect(text).toContain(String(id === 'rsyslog-tls' ? SYSLOG_PORTS.tls : SYSLOG_PORTS.tcp));
    }
  });

  it('write an IPv6 host without brackets', () => {
    for (const { text } of snippetsFor('[2001:db8::1]')) expect(text).not.toContain('[2001');
  });
});
