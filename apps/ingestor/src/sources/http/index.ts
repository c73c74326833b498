import type { ConnectionLimit } from '../connection-limit.js';
import type { SourceParts } from '../index.js';
import type { LogSource } from '../log-source.js';
import { readServerCertificate } from '../stream/server-certificate.js';
import { TrustedProxies } from '../trusted-proxies.js';
import { BodyReader } from './body.js';
import { Delivery } from './delivery.js';
import { HttpSource } from './http-source.js';
import { PROTOCOLS } from './protocols/index.js';
import { RequestHandler } from './request-handler.js';

/** HTTP ingest, unless its port is 0. @throws CertificateError */
export function http(parts: SourceParts & { limit: ConnectionLimit }): LogSource | undefined {
  const { settings, limit, logger } = parts;
  const { INGEST_HOST: host, INGEST_HTTP_PORT: port, INGEST_HTTP_TLS: tls } = settings;
  if (port === 0) return undefined;
  const proxies = new TrustedProxies(settings.INGEST_TRUSTED_PROXIES);
  const handler = new RequestHandler({
    ...parts,
    proxies,
    protocols: PROTOCOLS,
    bodies: new BodyReader(settings.INGEST_HTTP_MAX_BODY_BYTES),
    delivery: new Delivery(parts.intake, parts.backpressure, parts.placement),
  });
  const certificate = tls ? readServerCertificate(settings) : undefined;
  return new HttpSource({ host, port, certificate }, { handler, limit, proxies, logger });
}
