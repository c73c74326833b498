import { SYSLOG_PORTS } from './ports.js';
import { snippetsFor, tokenSnippetsFor } from './snippets.js';

const portOf = (id: string): number => {
  if (id === 'rsyslog-relp') return SYSLOG_PORTS.relp;
  return id === 'rsyslog-tls' || id === 'rsyslog-certificate' ? SYSLOG_PORTS.tls : SYSLOG_PORTS.tcp;
};

describe('snippets for senders', () => {
  it('name the host of the page and the port of the transport', () => {
    for (const { id, text } of [...snippetsFor('siem.example'), ...tokenSnippetsFor('siem.example', 't')]) {
      expect(text).toContain('siem.example');
      expect(text).toContain(String(portOf(id)));
    }
  });

  it('write an IPv6 host without brackets', () => {
    for (const { text } of [...snippetsFor('[2001:db8::1]'), ...tokenSnippetsFor('[2001:db8::1]', 't')])
      expect(text).not.toContain('[2001');
  });

  it('carry the token in structured data', () => {
    for (const { text } of tokenSnippetsFor('siem.example', 'st_secret')) {
      expect(text).toContain('st_secret');
      expect(text).toContain('parapet@32473');
    }
  });
});
