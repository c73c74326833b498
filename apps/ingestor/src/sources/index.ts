import { resolve } from 'node:path';
import { dataPath } from '@parapet/config';
import type { Logger } from '@parapet/telemetry';
import type { Backpressure } from '../pipeline/backpressure.js';
import type { InDoubt } from '../pipeline/in-doubt.js';
import type { Intake } from '../pipeline/intake.js';
import type { KeyUse } from '../pipeline/key-use.js';
import type { Placement } from '../pipeline/placement.js';
import type { Publisher } from '../pipeline/publisher.js';
import type { Quotas } from '../pipeline/quota.js';
import type { IngestorSettings } from '../tokens.js';
import { ConnectionLimit } from './connection-limit.js';
import { FileDrop } from './files/file-drop.js';
import type { LogSource } from './log-source.js';
import { http } from './http/index.js';
import { relp } from './relp/relp.js';
import { readServerCertificate } from './stream/server-certificate.js';
import { StreamListener } from './stream/stream-listener.js';
import type { StreamProtocol } from './stream/stream-session.js';
import { syslogStream } from './syslog-stream.js';
import { SyslogUdpSource } from './syslog-udp.js';
import { TrustedProxies } from './trusted-proxies.js';

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
  /** Notes the last use of API keys. */
  keyUse: Pick<KeyUse, 'note'>;
  logger: Logger;
}

type AllParts = SourceParts & { limit: ConnectionLimit };
type SourceFactory = (parts: AllParts) => LogSource | undefined;

function stream(
  parts: AllParts,
  port: number,
  tls: boolean,
  protocol: StreamProtocol,
): LogSource | undefined {
  const { INGEST_HOST: host, SYSLOG_IDLE_SECONDS, INGEST_TRUSTED_PROXIES } = parts.settings;
  if (port === 0) return undefined;
  return new StreamListener(
    protocol,
    {
      host,
      port,
      idleMs: SYSLOG_IDLE_SECONDS * 1000,
      certificate: tls ? readServerCertificate(parts.settings) : undefined,
    },
    { ...parts, proxies: new TrustedProxies(INGEST_TRUSTED_PROXIES) },
  );
}

/** Every listener; one that its port turns off (0) is left out. A new one is a file and a row. */
const SOURCES: readonly SourceFactory[] = [
  ({ settings: { INGEST_HOST: host, SYSLOG_UDP_PORT: port, UDP_RECEIVE_BUFFER }, intake, logger }) =>
    port === 0
      ? undefined
      : new SyslogUdpSource({ host, port, receiveBuffer: UDP_RECEIVE_BUFFER }, intake, logger),
  (parts) => stream(parts, parts.settings.SYSLOG_TCP_PORT, false, syslogStream('tcp', parts.intake)),
  (parts) => stream(parts, parts.settings.SYSLOG_TLS_PORT, true, syslogStream('tls', parts.intake)),
  (parts) => stream(parts, parts.settings.RELP_PORT, parts.settings.RELP_TLS, relp(parts)),
  http,
  (parts) => {
    const { INGEST_DROP_DIR = dataPath(parts.settings, 'drop') } = parts.settings;
    return INGEST_DROP_DIR === 'off' ? undefined : new FileDrop(resolve(INGEST_DROP_DIR), parts);
  },
];

export function createSources(parts: SourceParts): LogSource[] {
  const limit = new ConnectionLimit(
    parts.settings.SYSLOG_MAX_CONNECTIONS,
    parts.settings.SYSLOG_MAX_CONNECTIONS_PER_ADDRESS,
  );
  return SOURCES.map((create) => create({ ...parts, limit })).filter((source) => source !== undefined);
}
