import { ECHO_BIT, isEcho, restoreEchoes } from './echoes.js';

const full = {
  'event.kind': 'event',
  'host.name': 'web1',
  'log.syslog.hostname': 'web1',
  'process.name': 'sshd',
  'log.syslog.appname': 'sshd',
  'process.pid': 7,
  'log.syslog.procid': '7',
  'log.syslog.priority': 38,
  'log.syslog.facility.code': 4,
  'log.syslog.severity.code': 6,
};
const bitsOf = (fields: Record<string, string | number>) =>
  [...ECHO_BIT]
    .filter(([name, bit]) => name in fields && isEcho(bit, fields))
    .reduce((sum, [, bit]) => sum | bit, 0);

describe('fields that repeat others', () => {
  it('come back as they were', () => {
    const {
      'host.name': host,
      'process.name': program,
      'process.pid': pid,
      'log.syslog.priority': priority,
    } = full;
    const kept = {
      'host.name': host,
      'process.name': program,
      'process.pid': pid,
      'log.syslog.priority': priority,
    };
    restoreEchoes(bitsOf(full), kept);
    expect(kept).toEqual(full);
  });

  it('are kept whole when they say something else, and not invented when absent', () => {
    const other = {
      ...full,
      'log.syslog.hostname': 'web1.example',
      'log.syslog.procid': '007',
      'event.kind': 'alert',
    };
    expect(bitsOf(other)).toBe(
      bitsOf(full) &
        ~(
          (ECHO_BIT.get('log.syslog.hostname') ?? 0) |
          (ECHO_BIT.get('log.syslog.procid') ?? 0) |
          (ECHO_BIT.get('event.kind') ?? 0)
        ),
    );
    const bare = { 'host.name': 'web1', 'log.syslog.priority': 38 };
    restoreEchoes(bitsOf(bare), bare);
    expect(bare).toEqual({ 'host.name': 'web1', 'log.syslog.priority': 38 });
  });
});
