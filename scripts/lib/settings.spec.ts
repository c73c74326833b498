import { readSettings } from './settings.mjs';

describe('the launcher’s settings', () => {
  it('have defaults for a fresh clone', () => {
    const settings = readSettings({});
    expect(settings.ports.HTTP_PORT).toBe(3000);
    expect(settings.mailCatcher).toBe(true);
    expect(settings.seed).toBe('demo');
  });

  it('list every problem at once, by name and never by value', () => {
    const attempt = () => readSettings({ HTTP_PORT: '0', SYSLOG_TCP_PORT: 'geheim' });
    expect(attempt).toThrow(/HTTP_PORT/);
    expect(attempt).toThrow(/SYSLOG_TCP_PORT/);
    expect(attempt).not.toThrow(/geheim/);
  });

  it('refuse one port for two listeners, but take one number for UDP and TCP', () => {
    expect(() => readSettings({ HTTP_PORT: '7000', SYSLOG_TLS_PORT: '7000' })).toThrow(
      /HTTP_PORT|SYSLOG_TLS_PORT/,
    );
    expect(readSettings({ SYSLOG_UDP_PORT: '7000', SYSLOG_TCP_PORT: '7000' }).ports.SYSLOG_UDP_PORT).toBe(
      7000,
    );
  });

  it('turn a syslog listener off with 0', () => {
    expect(readSettings({ SYSLOG_TLS_PORT: '0' }).ports.SYSLOG_TLS_PORT).toBe(0);
  });

  it('leave the demo out where other machines can reach it, or with an own database', () => {
    expect(readSettings({ HOST: '0.0.0.0' }).seed).toBe('none');
    expect(readSettings({ DATABASE_URL: 'postgresql://x' }).seed).toBe('none');
  });
});
