import type { Logger } from '@parapet/telemetry';
import type { Backpressure } from '../pipeline/backpressure.js';
import type { InDoubt } from '../pipeline/in-doubt.js';
import type { Intake } from '../pipeline/intake.js';
import type { Placement } from '../pipeline/placement.js';
import type { Publisher } from '../pipeline/publisher.js';
import type { Quotas } from '../pipeline/quota.js';
import type { IngestorSettings } from '../tokens.js';
import { ConnectionLimit } from './connection-limit.js';
import type { LogSource } from './log-source.js';
import { SyslogTcpSource } from './syslog-tcp.js';
import { SyslogTlsSource } from './syslog-tls.js';
import { SyslogUdpSource } from './syslog-udp.js';

/** What a listener may need. */
export interface SourceParts {
  settings: IngestorSettings;
  intake: Intake;
  backpressure: Backpressure;
  placement: Placement;
  quotas: Quotas;
  publisher: Pick<Publisher, 'stalled'>;
  /** For senders that wait for our acknowledgement. */
  inDoubt: Pick<InDoubt, 'told' | 'untold'>;
  logger: Logger;
}

type SourceFactory = (parts: SourceParts & { limit: ConnectionLimit }) => LogSource | undefined;

/** Every listener; one that its port turns off (0) is left out. A new one is a file and a row. */
const SOURCES: readonly SourceFactory[] = [
  ({ settings: { INGEST_HOST: host, SYSLOG_UDP_PORT: port, UDP_RECEIVE_BUFFER }, intake, logger }) =>
    port === 0
      ? undefined
      : new SyslogUdpSource({ host, port, receiveBuffer: UDP_RECEIVE_BUFFER }, intake, logger),
  ({ settings, intake, backpressure, limit, logger }) =>
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
  ({ settings, intake, backpressure, limit, logger }) =>
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

export function createSources(parts: SourceParts): LogSource[] {
  const limit = new ConnectionLimit(
    parts.settings.SYSLOG_MAX_CONNECTIONS,
    parts.settings.SYSLOG_MAX_CONNECTIONS_PER_ADDRESS,
  );
  return SOURCES.map((create) => create({ ...parts, limit })).filter((source) => source !== undefined);
}
