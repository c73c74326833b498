import type { Logger } from '@parapet/telemetry';
import type { Backpressure } from '../pipeline/backpressure.js';
import type { Intake } from '../pipeline/intake.js';
import type { IngestorSettings } from '../tokens.js';
import { ConnectionLimit } from './connection-limit.js';
import type { LogSource } from './log-source.js';
import { SyslogTcpSource } from './syslog-tcp.js';
import { SyslogTlsSource } from './syslog-tls.js';
import { SyslogUdpSource } from './syslog-udp.js';

type SourceFactory = (
  settings: IngestorSettings,
  intake: Intake,
  backpressure: Backpressure,
  limit: ConnectionLimit,
  logger: Logger,
) => LogSource | undefined;

/** Every listener; one that its port turns off (0) is left out. A new one is a file and a row. */
const SOURCES: readonly SourceFactory[] = [
  (
    { INGEST_HOST: host, SYSLOG_UDP_PORT: port, UDP_RECEIVE_BUFFER },
    intake,
    _backpressure,
    _limit,
    logger,
  ) =>
    port === 0
      ? undefined
      : new SyslogUdpSource({ host, port, receiveBuffer: UDP_RECEIVE_BUFFER }, intake, logger),
  (settings, intake, backpressure, limit, logger) =>
    settings.SYSLOG_TCP_PORT === 0
      ? undefined
      : new SyslogTcpSource(
          {
            transport: 'tcp',
            host: settings.INGEST_HOST,
            port: settings.SYSLOG_TCP_PORT,
            setting: 'SYSLOG_TCP_PORT',
            idleMs: settings.SYSLOG_IDLE_SECONDS * 1000,
          },
          intake,
          backpressure,
          limit,
          logger,
        ),
  (settings, intake, backpressure, limit, logger) =>
    settings.SYSLOG_TLS_PORT === 0
      ? undefined
      : new SyslogTlsSource(
          {
            transport: 'tls',
            host: settings.INGEST_HOST,
            port: settings.SYSLOG_TLS_PORT,
            setting: 'SYSLOG_TLS_PORT',
            idleMs: settings.SYSLOG_IDLE_SECONDS * 1000,
          },
          intake,
          backpressure,
          limit,
          logger,
        ).withCertificate(settings.SYSLOG_TLS_CERT_FILE, settings.SYSLOG_TLS_KEY_FILE),
];

export function createSources(
  settings: IngestorSettings,
  intake: Intake,
  backpressure: Backpressure,
  logger: Logger,
): LogSource[] {
  const limit = new ConnectionLimit(
    settings.SYSLOG_MAX_CONNECTIONS,
    settings.SYSLOG_MAX_CONNECTIONS_PER_ADDRESS,
  );
  return SOURCES.map((create) => create(settings, intake, backpressure, limit, logger)).filter(
    (source) => source !== undefined,
  );
}
