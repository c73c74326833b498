import { parseFrame } from '@parapet/normalize';
import { z } from 'zod';
import { testDataRows } from './test-data.js';

const RECEIVED = Date.parse('2026-11-20T20:00:00Z');
const parse = (raw: string) =>
  parseFrame(Buffer.from(raw), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType: 'auto' });

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
      ecs: z.record(z.string(), z.string()),
      truth: z.object({ parser: z.string() }),
    })
    .parse(row),
);
const regression = testDataRows('sigma/regression.jsonl').map((row) =>
  z
    .object({
      path: z.string(),
      events: z.array(z.object({ flat: z.record(z.string(), z.unknown()) })),
      raw_first: z.unknown(),
    })
    .parse(row),
);
const suite = wazuh.length > 0 && crowdsec.length > 0 ? describe : describe.skip;

/** Services by how their name begins, and the decoder of their lines. */
const SERVICES: readonly (readonly [RegExp, string, number])[] = [
  // One record is of Wazuh's own module, one is a bill.
  [/^github$/, 'github', 0.99],
  [/^office365$/, 'office365', 1],
  [/^gcp$/, 'gcp', 0.94],
  [/^aws_security_hub$/, 'aws_securityhub', 1],
  // Two of the file's lines hold several records, one behind another: those are no JSON.
  [/^amazon_sec_lake$/, 'ocsf', 0.6],
  [/^ms-graph$/, 'ms_graph', 1],
  [/^(?:sysmon|powershell|windows_baseline|win_|win-)/, 'windows', 1],
  [/^oscap$/, 'openscap', 1],
  [/^docker_integration$/, 'docker_events', 1],
  [/^vuln_detector$/, 'vulnerability', 1],
  [/^owlh$/, 'zeek', 1],
  [/^eset$/, 'eset', 1],
];

suite('lines of CrowdSec and Wazuh: cloud, Windows, JSON', () => {
  test.each(SERVICES)('%s is read by %s', (service, decoder, least) => {
    const lines = wazuh.filter((row) => service.test(row.service));
    const right = lines.filter(({ raw }) => parse(raw)['labels.decoder'] === decoder);
    expect(lines.length).toBeGreaterThan(0);
    expect(right.length / lines.length).toBeGreaterThanOrEqual(least);
  });

  const windows = wazuh.filter(({ raw }) => raw.trimStart().startsWith('{') && raw.includes('"win"'));
  test.each(windows)(
    '$id: all of the event’s data, and the user and address that it names',
    ({ raw, truth }) => {
      const event = parse(raw);
      const { win } = z
        .object({
          win: z.object({
            system: z.object({ eventID: z.string() }),
            eventdata: z.record(z.string(), z.unknown()).optional(),
          }),
        })
        .parse(JSON.parse(raw));
      const data = win.eventdata ?? {};
      expect(event['event.code']).toBe(win.system.eventID);
      for (const [name, value] of Object.entries(data)) {
        if (value === '') continue;
        expect(Object.keys(event)).toContain(
          `winlog.event_data.${/^param\d/.test(name) ? name : name.charAt(0).toUpperCase() + name.slice(1)}`,
        );
      }
      const addresses = [
        data.ipAddress,
        data.sourceIp,
        data.clientAddress,
        ...(data.ipAddress === undefined ? [event['source.ip']] : []),
      ];
      if (event['source.ip'] !== undefined) expect(addresses).toContain(event['source.ip']);
      const groups = truth.groups ?? [];
      if (groups.includes('authentication_success'))
        expect(event).toMatchObject({ 'event.category': 'authentication', 'event.outcome': 'success' });
      if (groups.includes('authentication_failed'))
        expect(event).toMatchObject({ 'event.category': 'authentication', 'event.outcome': 'failure' });
    },
  );

  test.each(crowdsec.filter(({ truth }) => /\/(?:aws-cloudtrail|suricata-evelogs)$/.test(truth.parser)))(
    '$id: every field',
    ({ raw, ecs }) => {
      const event = parse(raw);
      for (const [name, value] of Object.entries(ecs)) {
        if (name === 'process.name') continue;
        expect({ name, value: String(event[name]).toLowerCase() }).toEqual({
          name,
          value: value.toLowerCase(),
        });
      }
    },
  );
});

(regression.length > 0 ? suite : describe.skip)('events that SigmaHQ tests its rules with', () => {
  test('the flat form and the converted XML give the same event', () => {
    const differ: string[] = [];
    for (const { path, events, raw_first: raw } of regression) {
      const flat = events[0]?.flat;
      if (!flat || !raw || flat.EventID === undefined) continue;
      const one = parse(JSON.stringify(flat));
      const two = parse(typeof raw === 'string' ? raw : JSON.stringify(raw));
      if (one['labels.decoder'] !== 'windows') differ.push(`${path}: ${String(one['labels.decoder'])}`);
      for (const name of [
        'event.code',
        '@timestamp',
        'winlog.channel',
        'winlog.provider_name',
        'host.name',
        'event.category',
        'event.action',
        'user.name',
        'source.ip',
        'process.name',
        'process.command_line',
      ])
        if (one[name] !== two[name])
          differ.push(`${path}: ${name}: ${String(one[name])} / ${String(two[name])}`);
    }
    expect(differ).toEqual([]);
  });
});
