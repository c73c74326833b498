// What `npm start` prints when everything is up.
import { join } from 'node:path';
import { seconds } from './say.mjs';
import { hostForClients } from './settings.mjs';

const DEMO_PASSWORD = 'Parapet-Demo-2026!';

/**
 * A line for util-linux `logger`. It can't choose its source address, and the kernel takes 127.0.0.1 for every
 * local destination, which the demo gives to acme-corp. RFC 5424 (its default) carries year and time zone.
 */
export const loggerLine = (port, host = '127.0.0.1') =>
  `logger -n ${host} -P ${port} -d -t sshd --id=4242 -p auth.info 'Failed password for root from 203.0.113.7 port 52144 ssh2'`;

export function announce({ settings }, { since, reporter }) {
  const { ports } = settings;
  const web = `http://${hostForClients(settings.host)}:${ports.HTTP_PORT}`;
  const listeners = [
    ['UDP', ports.SYSLOG_UDP_PORT],
    ['TCP', ports.SYSLOG_TCP_PORT],
    ['TLS', ports.SYSLOG_TLS_PORT],
  ].filter(([, port]) => port > 0);
  const row = (label, text) => reporter.line(`  ${label.padEnd(12)} ${text}`);

  reporter.line(`\nParapet is ready (${seconds(since)}).\n`);
  row('Dashboard', web);
  row('API', `${web}/api/docs`);
  if (settings.mailCatcher)
    row('Mail', `http://127.0.0.1:${ports.MAIL_HTTP_PORT}  (what Parapet sends is caught here)`);
  row('Syslog', `${listeners.map(([kind, port]) => `${kind} ${port}`).join(', ')} on ${settings.ingestHost}`);
  if (ports.SYSLOG_TLS_PORT > 0) row('', `TLS authority: ${join(settings.dataDir, 'tls/ca.crt')}`);
  if (ports.RELP_PORT > 0) row('RELP', `${ports.RELP_PORT} on ${settings.ingestHost}`);
  if (ports.INGEST_HTTP_PORT > 0)
    row(
      'HTTP ingest',
      `${ports.INGEST_HTTP_PORT} on ${settings.ingestHost}  (API keys are made in the dashboard)`,
    );
  row('Logs', join(settings.dataDir, 'logs'));
  if (settings.seed === 'demo') {
    reporter.line('');
    row(
      'Sign in',
      `analyst@acme-corp.test, admin@… or viewer@… (also beta-industries.test, cisco-systems.test), sre@parapet.test`,
    );
    row('', `password ${DEMO_PASSWORD}`);
    if (ports.SYSLOG_UDP_PORT > 0) {
      reporter.line('\n  Send a first event (it becomes acme-corp’s):\n');
      reporter.line(`    ${loggerLine(ports.SYSLOG_UDP_PORT, hostForClients(settings.ingestHost))}`);
    }
  }
  reporter.line(`\n  Ctrl-C stops everything; the data stays in ${settings.dataDir}.\n`);
}
