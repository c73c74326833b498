import { parseFrame } from '@parapet/normalize';
import { normalizeIp } from '@parapet/contracts';
import { z } from 'zod';
import { testDataRows } from './test-data.js';

const RECEIVED = Date.parse('2026-11-20T20:00:00Z');
const parse = (raw: string) =>
  parseFrame(Buffer.from(raw), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType: 'auto' });

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
      derived: z
        .object({ class: z.string().nullish(), user: z.string().nullish(), addr: z.string().nullish() })
        .nullish(),
    })
    .parse(row),
);
const wazuh = testDataRows('auth/wazuh4_ruleset_lines.jsonl').map((row) =>
  z
    .object({
      id: z.string(),
      service: z.string(),
      raw: z.string(),
      derived: z.object({ user: z.string().nullish(), addr: z.string().nullish() }).nullish(),
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

const OURS = ['sshd', 'sshd-journal', 'sudo', 'su', 'pam', 'pam-generic', 'iptables'];
const suite = fail2ban.length + wazuh.length + crowdsec.length > 0 ? describe : describe.skip;

/** What differs from the truth; an absent field is no difference. */
function wrong(raw: string, address: string | null | undefined, user: string | null | undefined): string[] {
  const event = parse(raw);
  const got = event['source.ip'] ?? event['source.domain'];
  const problems: string[] = [];
  if (address && got !== undefined && got !== (normalizeIp(address) ?? address))
    problems.push(`source ${String(got)} is not ${address}`);
  const name = event['user.name'];
  // A parser of the corpus leaves the program's quotes around the name.
  if (user && name !== undefined && name !== user && `'${String(name)}'` !== user)
    problems.push(`user ${String(name)} is not ${user}`);
  return problems;
}

suite('lines of fail2ban, Wazuh and CrowdSec', () => {
  // fail2ban remembers the address of an earlier line by process id; then the line itself need not hold it.
  test.each(fail2ban.filter(({ service }) => OURS.includes(service)))(
    '$id: no wrong address or user',
    ({ raw, truth, derived }) => {
      expect(
        wrong(
          raw,
          truth.addr ?? derived?.addr,
          truth.user ?? (derived?.user === '<invalid username>' ? null : derived?.user),
        ),
      ).toEqual([]);
    },
  );
  test.each(wazuh.filter(({ service }) => OURS.includes(service)))(
    '$id: no wrong address or user',
    ({ raw, derived }) => {
      expect(wrong(raw, derived?.addr, derived?.user)).toEqual([]);
    },
  );

  test('nine in ten addresses of fail2ban’s sshd failures are found', () => {
    const positives = fail2ban.filter(
      ({ service, truth, raw }) =>
        service.startsWith('sshd') && truth.fail2ban_match && truth.addr && raw.includes(truth.addr),
    );
    const missed = positives.filter(
      ({ raw }) => parse(raw)['source.ip'] === undefined && parse(raw)['source.domain'] === undefined,
    );
    expect(missed.map(({ raw }) => raw).length / positives.length).toBeLessThan(0.1);
  });

  const parsers = /\/(sshd-logs|sshd-success-logs|iptables-logs|pam-logs|synology-dsm-logs)$/;
  const fields = [
    'source.ip',
    'source.port',
    'destination.ip',
    'destination.port',
    'user.name',
    'event.outcome',
    'network.transport',
    'process.pid',
    'process.name',
    'host.name',
  ];
  test.each(crowdsec.filter(({ truth }) => parsers.test(truth.parser)))(
    '$id: every field',
    ({ raw, ecs }) => {
      const event = parse(raw);
      for (const field of fields) {
        if (ecs[field] === undefined) continue;
        expect({ field, value: String(event[field]).toLowerCase() }).toEqual({
          field,
          value: String(ecs[field]).toLowerCase(),
        });
      }
    },
  );

  test('no line of any other service gets a wrong address or user', () => {
    const others = [
      ...fail2ban
        .filter(({ service }) => !OURS.includes(service))
        .flatMap(({ raw, truth }) => wrong(raw, truth.addr, truth.user)),
      ...crowdsec.flatMap(({ id, raw, ecs }) =>
        wrong(
          raw,
          z.string().optional().parse(ecs['source.ip']),
          z.string().optional().parse(ecs['user.name']),
        ).map((p) => `${id} ${p}`),
      ),
    ];
    expect(others).toEqual([]);
  });
});
