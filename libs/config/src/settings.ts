import { z } from 'zod';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';

const port = z.coerce.number().int().min(0).max(65535);
const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no'])
  .transform((v) => ['true', '1', 'yes'].includes(v));
const url = (...schemes: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && schemes.some((s) => value.startsWith(`${s}://`)),
      `must be a URL that starts with ${schemes.map((s) => `${s}://`).join(' or ')}`,
    );
/** A list such as `10.0.0.5, 192.168.0.0/16, fd00::/8`. */
const proxies = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .pipe(
    z.array(
      z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be addresses or prefixes, comma-separated'),
    ),
  );
const secret = z.string().min(32, 'must have at least 32 characters');

/**
 * Every setting of every service, by its name in the environment. A name that ends in `_FILE` is read from a file by
 * `loadSettings` before this schema sees it. What has no default is asked for by the service that needs it.
 */
export const settingsSchema = z.object({
  DATA_DIR: z
    .string()
    .min(1)
    .default('.data')
    .transform((dir) => resolve(dir)),
  DATABASE_URL: url('postgres', 'postgresql').optional(),
  REDIS_URL: url('redis', 'rediss').optional(),
  REDIS_ALLOW_VOLATILE: flag.default(false),

  HOST: z
    .string()
    .refine((h) => isIP(h) !== 0 || /^[a-z0-9.-]+$/i.test(h), 'must be an address or a host name')
    .default('127.0.0.1'),
  HTTP_PORT: port.default(3000),
  PUBLIC_URL: url('http', 'https').optional(),
  TRUST_PROXY: z.string().default('').describe('addresses or prefixes of reverse proxies, comma-separated'),

  INGEST_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address that the log listeners bind to; 0.0.0.0 takes logs from the network'),
  SYSLOG_UDP_PORT: port.default(5514),
  SYSLOG_TCP_PORT: port.default(5514),
  SYSLOG_TLS_PORT: port.default(6514),
  SYSLOG_TLS_CERT_FILE: z.string().optional(),
  SYSLOG_TLS_KEY_FILE: z.string().optional(),
  RELP_PORT: port.default(2514),
  RELP_TLS: flag.default(false).describe('with the certificate of syslog over TLS'),
  SYSLOG_MAX_CONNECTIONS: z.coerce.number().int().min(1).default(4000),
  SYSLOG_MAX_CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).default(512),
  SYSLOG_IDLE_SECONDS: z.coerce.number().int().min(1).default(3600),
  INGEST_TRUSTED_PROXIES: proxies
    .default([])
    .describe(
      'addresses or prefixes of proxies in front of the log listeners, whose word about the client’s address counts',
    ),
  INGEST_HTTP_PORT: port.default(8088),
  INGEST_HTTP_TLS: flag.default(false).describe('with the certificate of syslog over TLS'),
  INGEST_HTTP_MAX_BODY_BYTES: z.coerce
    .number()
    .int()
    .min(65_536)
    .max(32 * 1024 * 1024)
    .default(10 * 1024 * 1024)
    .describe('size of a request as it is sent, before it is unpacked; unpacked it may have 32 MiB'),
  UDP_RECEIVE_BUFFER: z.coerce
    .number()
    .int()
    .min(65536)
    .default(4 * 1024 * 1024)
    .describe('bytes'),

  BATCH_EVENTS: z.coerce.number().int().min(1).max(5000).default(500),
  BATCH_LINGER_MS: z.coerce.number().int().min(1).max(5000).default(100),
  INGEST_BUFFER_EVENTS: z.coerce
    .number()
    .int()
    .min(1000)
    .default(100_000)
    .describe('high-water mark: events received and not yet in Redis'),
  QUEUE_HIGH_WATER_BATCHES: z.coerce
    .number()
    .int()
    .min(10)
    .default(4000)
    .describe('batches waiting in Redis at which senders are slowed'),
  INGEST_DROP_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('files in <dir>/<tenant slug>/ are read; `off` turns it off. Default: drop/ below DATA_DIR'),
  SPOOL_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(1024 * 1024 * 1024)
    .describe('size of the disk spool for the time that Redis is away; 0 turns it off'),
  RULES_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('folder of the managed Sigma rules, when not those that came with Parapet; `off` for none'),
  PROCESSOR_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(12),
  STORE_BATCH_ROWS: z.coerce.number().int().min(1).max(50_000).default(5000),

  INGESTOR_METRICS_PORT: port.default(9101),
  PROCESSOR_METRICS_PORT: port.default(9102),
  METRICS_HOST: z.string().default('127.0.0.1'),

  GEOIP_CITY_DB: z.string().optional(),
  GEOIP_ASN_DB: z
    .string()
    .optional()
    .describe('GeoLite2 ASN, GeoIP2 ISP or DB-IP ASN: whose network an address is in'),
  GEOIP_ANONYMOUS_DB: z.string().optional().describe('GeoIP2 Anonymous IP: VPNs, proxies, Tor'),
  SMTP_URL: url('smtp', 'smtps').default('smtp://127.0.0.1:1025'),
  MAIL_FROM: z.string().default('Parapet <alerts@parapet.test>'),
  MAIL_HTTP_PORT: port.default(1080),
  MAIL_SMTP_PORT: port.default(1025),
  JWT_SECRET: secret.optional(),
  CSRF_SECRET: secret.optional(),
  VAPID_PUBLIC_KEY: z.string().min(80).optional(),
  VAPID_PRIVATE_KEY: z.string().min(40).optional(),
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:|https:)/, 'must start with mailto: or https:')
    .default('mailto:ops@parapet.test'),
  EGRESS_ALLOW_HOSTS: z
    .string()
    .default('')
    .describe(
      'host names or addresses that outgoing requests may reach although they are private, comma-separated',
    ),
  INTEL_FEED_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1024)
    .max(256 * 1024 * 1024)
    .default(64 * 1024 * 1024)
    .describe('size of what a threat intelligence feed may answer'),
  DASHBOARD_DIR: z.string().optional().describe('the built dashboard, when it is not beside the API'),

  SEED: z.enum(['demo', 'none']).default('none'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  NODE_ENV: z.string().default('production'),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Where something of a service lies below `DATA_DIR`. */
export function dataPath(settings: Settings, ...parts: string[]): string {
  return join(settings.DATA_DIR, ...parts);
}
