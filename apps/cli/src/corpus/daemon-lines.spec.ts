import { normalizeIp } from '@parapet/contracts';
import { parseFrame } from '@parapet/normalize';
import { z } from 'zod';
import { testDataRows } from './test-data.js';

const RECEIVED = Date.parse('2026-11-20T20:00:00Z');
const parse = (raw: string) =>
  parseFrame(Buffer.from(raw), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType: 'auto' });

/** fail2ban's names of our programs, and which share of the addresses must be found. */
const SERVICES =
  /^(?:3proxy|assp|asterisk|counter-strike|courier-|cowrie|cyrus-imap|dante|domino-smtp|dovecot|dropbear|ejabberd|exim|freeswitch|gssftpd|kerio|mssql|murmur|mysqld|named|nsd|openvpn|oracleims|pam-generic|perdition|portsentry|postfix|proftpd|pure-ftpd|qmail|recidive|scanlogd|screensharingd|selinux-ssh|sendmail|sieve|solid-pop3d|stunnel|uwimap|vsftpd|wuftpd|xinetd|xrdp)/;
const PARSERS =
  /\/(?:asterisk-logs|auditd-logs|cowrie-logs|dovecot-logs|dropbear-logs|endlessh-logs|exim-logs|freeswitch|laurel-logs|mailscanner-logs|mariadb-logs|mongodb-logs|mssql-text-logs|openvpn|pureftpd-logs|segfault-logs|smb-logs|supabase-docker-pgsql|sympa_ww-logs|tcpdump-logs|wireguard-logs)$/;
const FIELDS = ['source.ip', 'source.port', 'user.name', 'event.outcome', 'process.pid', 'host.name'];

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
      truth: z.object({ groups: z.array(z.string()).nullish() }),
    })
    .parse(row),
);
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
const suite = fail2ban.length > 0 && wazuh.length > 0 && crowdsec.length > 0 ? describe : describe.skip;
const lower = (value: unknown) => String(value).toLowerCase();

suite('lines of Unix services', () => {
  const ours = fail2ban.filter(({ service }) => SERVICES.test(service));
  const names = [...new Set(ours.map(({ service }) => service))];

  test.each(names)('%s: every address that fail2ban finds, and no other', (service) => {
    const lines = ours.filter((row) => row.service === service);
    const problems = lines.flatMap(({ id, raw, truth }) => {
      const event = parse(raw);
      const got = event['source.ip'] ?? event['source.domain'];
      const wanted = truth.addr ? (normalizeIp(truth.addr) ?? truth.addr) : undefined;
      if (truth.user && event['user.name'] !== undefined && event['user.name'] !== truth.user)
        return [`${id} user ${String(event['user.name'])}`];
      if (wanted === undefined || got === wanted || (got === undefined && !truth.fail2ban_match)) return [];
      return [`${id} source ${String(got)}`];
    });
    expect(problems).toEqual([]);
  });

  test('fields of CrowdSec’s parsers: at least 95 in 100, and none wrong', () => {
    let expected = 0;
    let right = 0;
    const wrong: string[] = [];
    for (const { id, raw, ecs, truth } of crowdsec) {
      if (!PARSERS.test(`/${truth.parser}`)) continue;
      const event = parse(raw);
      for (const field of FIELDS) {
        if (ecs[field] === undefined) continue;
        expected++;
        if (event[field] === undefined) continue;
        const wanted = normalizeIp(String(ecs[field])) ?? lower(ecs[field]);
        if (lower(event[field]) === wanted) right++;
        else wrong.push(`${id} ${field} ${String(event[field])}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(right / expected).toBeGreaterThan(0.95);
  });

  const services =
    /^(?:apparmor|audit_scp|auditd|cimserver|doas|dovecot|dropbear|exim|kernel_usb|macos|named|openldap|opensmtpd|openvpn_ldap|pam|proftpd|rsh|samba|sudo|su|vsftpd)$/;
  test.each(wazuh.filter(({ service, raw }) => services.test(service) && !raw.startsWith('Feb 29 ')))(
    '$id: what kind of event it is',
    ({ raw, truth }) => {
      const event = parse(raw);
      const groups = truth.groups ?? [];
      expect(event['event.category']).toBeDefined();
      if (groups.some((group) => group === 'authentication_failed' || group === 'invalid_login'))
        expect([event['event.category'], event['event.outcome']]).toEqual(['authentication', 'failure']);
      if (groups.includes('authentication_success')) expect(event['event.outcome']).toBe('success');
    },
  );
});
