import { normalizeIp } from '@parapet/contracts';
import { parseFrame } from '@parapet/normalize';
import { z } from 'zod';
import { testDataRows } from './test-data.js';

const parse = (raw: string) =>
  parseFrame(Buffer.from(raw), {
    receivedAt: Date.parse('2026-11-20T20:00:00Z'),
    timeZone: 'UTC',
    sourceType: 'auto',
  });

const crowdsec = testDataRows('normalize/crowdsec_lines.jsonl').map((row) =>
  z
    .object({
      id: z.string(),
      raw: z.string(),
      ecs: z.record(z.string(), z.unknown()),
      truth: z.object({ parser: z.string() }),
    })
    .parse(row),
);
const fail2ban = testDataRows('auth/fail2ban_lines.jsonl').map((row) =>
  z
    .object({
      id: z.string(),
      service: z.string(),
      raw: z.string(),
      truth: z.object({
        fail2ban_match: z.boolean(),
        addr: z.string().nullish(),
        user: z.string().nullish(),
      }),
    })
    .parse(row),
);
const wazuh = testDataRows('auth/wazuh4_ruleset_lines.jsonl').map((row) =>
  z
    .object({
      id: z.string(),
      service: z.string(),
      raw: z.string(),
      truth: z.object({
        groups: z
          .array(z.string())
          .nullish()
          .transform((groups) => groups ?? []),
      }),
    })
    .parse(row),
);
const suite = crowdsec.length > 0 && fail2ban.length > 0 && wazuh.length > 0 ? describe : describe.skip;

const FIELDS = [
  'source.ip',
  'source.port',
  'user.name',
  'event.outcome',
  'http.request.method',
  'http.response.status_code',
  'url.path',
  'user_agent.original',
  'process.pid',
  'host.name',
];
/**
 * Parsers of web servers and applications, with the share of their fields that must be right. SABnzbd's truth takes the number of a
 * source line for a process id; AdGuard Home's takes a Host header for the client; MeshCentral's "undefined" is no name.
 */
const PARSERS = new Map([
  ...[
    'nginx-logs bunkerweb-logs caddy-logs envoy-logs fastly-logs haproxy-logs modsecurity nginx-proxy-manager-logs npmplus-logs',
    'openappsec-logs traefik-logs exchange-imap-logs nginx-mail-logs apereo-cas-audit-logs authentik-logs calibre-web-logs',
    'cpanel-logs fireflyiii gitlab-logs gotify-logs grafana-logs hestiacp-logs jellyfin-logs joplin-server-logs keycloak-logs',
    'lemonldap-ng-logs litellm-logs magento-extension-logs mailu-admin-logs miniflux-logs nextcloud-logs ntfy-logs odoo-logs',
    'opensearch-dashboard-logs overseerr-logs proxmox-backup-auth-logs proxmox-logs qbittorrent-logs radarr-logs sonarr-logs',
    'technitium-logs thehive-logs vaultwarden-logs webmin-logs',
  ]
    .flatMap((line) => line.split(' '))
    .map((name) => [name, 1] as const),
  ['sabnzbd-logs', 0.66],
  ['adguardhome-logs', 0.8],
  ['meshcentral-logs', 0.66],
] as const);

/** What the truth says, in ECS: a path without its query, canonical addresses, no dash for "none", no quotes around a name. */
function expected(field: string, value: unknown): string | undefined {
  const text = z.coerce.string().parse(value);
  if (text === '-') return undefined;
  if (field === 'source.ip') return normalizeIp(text);
  if (field === 'url.path') return text.split('?')[0];
  return field === 'user.name' ? text.replace(/^'(.*)'$/, '$1') : text;
}

suite('lines of web servers and applications', () => {
  test.each([...PARSERS])(
    'CrowdSec’s %s: at least %d of the fields, and no wrong address or user',
    (parser, share) => {
      const lines = crowdsec.filter(({ truth }) => truth.parser.split('/').at(-1) === parser);
      expect(lines.length).toBeGreaterThan(0);
      let all = 0;
      let right = 0;
      const wrong: string[] = [];
      for (const { id, raw, ecs } of lines) {
        const event = parse(raw);
        for (const field of FIELDS) {
          const want = ecs[field] === undefined ? undefined : expected(field, ecs[field]);
          if (want === undefined) continue;
          all++;
          const got = event[field] === undefined ? undefined : String(event[field]);
          if (got === want) right++;
          else if (got !== undefined) wrong.push(`${id} ${field}: ${got}, not ${want}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(right / all).toBeGreaterThanOrEqual(share);
    },
  );

  const services =
    /^(?:apache-.*|nginx-.*|bitwarden|drupal-auth|froxlor-auth|gitlab|grafana|groupoffice|guacamole|haproxy-http-auth|horde|lighttpd-auth|monit|monitorix|nagios|openhab|php-url-fopen|phpmyadmin-syslog|proxmox|roundcube-auth|softethervpn|sogo-auth|squid|squirrelmail|suhosin|tine20|traefik-auth|vaultwarden|webmin-auth|znc-adminlog|zoneminder)$/;
  test('fail2ban’s: every address of a failure, none wrong, no wrong user', () => {
    const lines = fail2ban.filter(({ service, truth }) => services.test(service) && truth.addr);
    expect(lines.length).toBeGreaterThan(100);
    const problems = lines.flatMap(({ id, raw, truth }) => {
      const event = parse(raw);
      const want = normalizeIp(truth.addr ?? '') ?? truth.addr;
      const got = event['source.ip'] ?? event['source.domain'];
      const found =
        got === undefined
          ? truth.fail2ban_match
            ? [`${id} has no source`]
            : []
          : got === want
            ? []
            : [`${id} ${String(got)}`];
      const user = event['user.name'];
      return truth.user && user !== undefined && user !== truth.user
        ? [...found, `${id} user ${String(user)}`]
        : found;
    });
    expect(problems).toEqual([]);
  });

  const wazuhServices =
    /^(?:apache|nginx|web_appsec|web_rules|modsecurity|cloudflare-waf|aws_s3_access|squid_rules|php|f5_big_ip|nextcloud|gitlab|api)$/;
  test('Wazuh’s: each line is known, and log-ins are log-ins', () => {
    const lines = wazuh.filter(({ service }) => wazuhServices.test(service));
    expect(lines.length).toBeGreaterThan(100);
    const problems = lines.flatMap(({ id, raw, truth }) => {
      const event = parse(raw);
      if (event['labels.decoder'] === 'generic' || event['labels.decoder'] === 'json')
        return [`${id} is unknown`];
      const failed = truth.groups.includes('authentication_failed');
      if (!failed && !truth.groups.includes('authentication_success')) return [];
      const outcome = failed ? 'failure' : 'success';
      return event['event.category'] === 'authentication' && event['event.outcome'] === outcome
        ? []
        : [`${id} is no ${outcome}`];
    });
    expect(problems).toEqual([]);
  });
});
