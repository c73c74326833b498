import { parseFrame } from '@parapet/normalize';
import { normalizeIp } from '@parapet/contracts';
import { z } from 'zod';
import { testDataRows } from './test-data.js';

const parse = (raw: string) =>
  parseFrame(Buffer.from(raw), {
    receivedAt: Date.parse('2026-11-20T20:00:00Z'),
    timeZone: 'UTC',
    sourceType: 'auto',
  });

const FIELDS = [
  'source.ip',
  'source.port',
  'destination.ip',
  'destination.port',
  'user.name',
  'event.outcome',
  'network.transport',
  'process.pid',
  'host.name',
];
const PARSERS =
  /\/(fortinet-logs|mikrotik-logs|opnsense-gui-logs|suricata-fastlogs|unifi-cef|iptables-logs)$/;
const SERVICES = new Map([
  ['cisco_asa', 'cisco_asa'],
  ['cisco_ftd', 'cisco_asa'],
  ['pix', 'cisco_asa'],
  ['cisco_ios', 'cisco_ios'],
  ['fortigate', 'fortinet'],
  ['fortimail', 'fortinet'],
  ['fortiauth', 'fortinet'],
  ['fortiddos', 'fortinet'],
  ['checkpoint_smart1', 'checkpoint'],
  ['SonicWall', 'sonicwall'],
  ['sophos_fw', 'sophos'],
  ['netscreen', 'juniper_netscreen'],
  ['junos', 'juniper_srx'],
  ['huawei_usg', 'huawei_usg'],
  ['arbor', 'arbor'],
  ['pfsense', 'pfsense'],
  ['iptables', 'netfilter'],
  ['fireeye', 'cef'],
  ['panda_paps', 'leef'],
]);

const crowdsec = testDataRows('normalize/crowdsec_lines.jsonl')
  .map((row) =>
    z
      .object({
        id: z.string(),
        raw: z.string(),
        ecs: z.record(z.string(), z.unknown()),
        truth: z.object({ parser: z.string() }),
      })
      .parse(row),
  )
  .filter(({ truth }) => PARSERS.test(truth.parser));
const wazuh = testDataRows('auth/wazuh4_ruleset_lines.jsonl')
  .map((row) =>
    z
      .object({
        id: z.string(),
        service: z.string(),
        raw: z.string(),
        truth: z.object({ groups: z.array(z.string()).nullish() }),
      })
      .parse(row),
  )
  .filter(({ service }) => SERVICES.has(service));
const fail2ban = testDataRows('auth/fail2ban_lines.jsonl')
  .map((row) =>
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
  )
  .filter(({ service, truth }) => service === 'routeros-auth' && truth.fail2ban_match);

const suite = crowdsec.length > 0 ? describe : describe.skip;

suite('lines of network devices', () => {
  test('CrowdSec: at least 95 % of the fields right, none of them wrong', () => {
    let expected = 0;
    let right = 0;
    const wrong: string[] = [];
    for (const { id, raw, ecs } of crowdsec) {
      const event = parse(raw);
      for (const field of FIELDS) {
        if (ecs[field] === undefined) continue;
        expected++;
        const got = event[field];
        if (got === undefined) continue;
        if (String(got).toLowerCase() === String(ecs[field]).toLowerCase()) right++;
        else wrong.push(`${id} ${field}: ${String(got)} is not ${String(ecs[field])}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(expected).toBeGreaterThan(90);
    expect(right / expected).toBeGreaterThan(0.95);
  });

  test.each(wazuh)('$id', ({ service, raw, truth }) => {
    const event = parse(raw);
    const groups = truth.groups ?? [];
    expect(event['labels.decoder']).toBe(SERVICES.get(service));
    if (groups.includes('authentication_failed'))
      expect([event['event.category'], event['event.outcome']]).toEqual(['authentication', 'failure']);
    if (groups.includes('authentication_success'))
      expect([event['event.category'], event['event.outcome']]).toEqual(['authentication', 'success']);
    if (groups.includes('firewall_block')) expect(event['event.action']).toBe('drop');
    // Every address of the event stands in the line.
    for (const field of ['source.ip', 'destination.ip']) {
      const address = event[field];
      if (typeof address === 'string') expect(normalizeIp(address)).toBe(address);
      if (typeof address === 'string') expect(raw).toContain(address);
    }
  });

  test.each(fail2ban)('$id', ({ raw, truth }) => {
    expect(parse(raw)).toMatchObject({
      'source.ip': truth.addr,
      'user.name': truth.user,
      'event.outcome': 'failure',
    });
  });
});
