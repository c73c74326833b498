import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { parseFrame } from '@parapet/normalize';
import { CorrelationEngine, MemoryCorrelationStore, RuleSet, flattenEvent, loadRules } from '@parapet/sigma';
import type { SigmaRule, Sighting } from '@parapet/sigma';
import { readRuleFiles } from '../commands/rules/files.js';
import { testDataPath, testDataRows } from './test-data.js';

const PACK = join(import.meta.dirname, '../../../../rules');
let rules: SigmaRule[] = [];
let set = new RuleSet([]);
beforeAll(async () => {
  rules = loadRules(await readRuleFiles([PACK])).flatMap(({ rule }) => rule ?? []);
  set = new RuleSet(rules);
});

function decode(line: string) {
  return parseFrame(Buffer.from(line), {
    receivedAt: Date.UTC(2026, 0, 1),
    timeZone: 'UTC',
    sourceType: 'auto',
    transport: 'file',
    truncated: false,
  });
}

/** Names of the rules that alarm somebody about these lines, taken together as one tenant's. */
async function alarms(lines: readonly string[]): Promise<string[]> {
  const engine = new CorrelationEngine(rules, new MemoryCorrelationStore());
  const found = new Set<string>();
  const sightings: Sighting[] = [];
  for (const [index, line] of lines.entries()) {
    const event = decode(line);
    const flat = flattenEvent(event);
    for (const rule of set.match(flat)) {
      if (!engine.silent.has(rule)) found.add(rule.name ?? rule.title);
      sightings.push({ rule, event: flat, id: String(index), time: event['@timestamp'] });
    }
  }
  const { matches } = await engine.apply('test', sightings);
  for (const { rule } of matches) found.add(rule.name ?? rule.title);
  return [...found].sort();
}

const streamSchema = z.looseObject({
  dataset: z.string(),
  expected_alert_count: z.number(),
  lines: z.array(z.string()),
});
const streams = testDataRows('streams/crowdsec_scenarios.jsonl').map((row) => streamSchema.parse(row));

/** What the web attacks of CrowdSec's tests must be called. */
const WEB_ATTACKS: Readonly<Record<string, string>> = {
  'apache_log4j2_cve-2021-44228': 'log4shell',
  'CVE-2022-26134': 'java_expression_injection',
  'CVE-2022-44877': 'command_injection',
  'thinkphp-cve-2018-20062': 'command_injection',
  'apache-cve-2021-41773': 'path_traversal',
  'grafana_cve-2021-43798': 'path_traversal',
  'fortinet-cve-2018-13379': 'appliance_exploit_request',
  'f5-big-ip-cve-2020-5902': 'appliance_exploit_request',
  'CVE-2023-4911': 'privileged_program_crashed',
};

(streams.length > 0 ? describe : describe.skip)('attack streams', () => {
  test.each(Object.entries(WEB_ATTACKS))('%s: %s', async (dataset, rule) => {
    const stream = streams.find((one) => one.dataset === dataset);
    expect(await alarms(stream?.lines ?? [])).toContain(rule);
  });

  test('streams without an attack alarm nobody', async () => {
    const quiet = streams.filter(({ expected_alert_count }) => expected_alert_count === 0);
    expect(quiet.length).toBeGreaterThan(0);
    for (const { dataset, lines } of quiet) expect([dataset, await alarms(lines)]).toEqual([dataset, []]);
  });
});

const lineSchema = z.looseObject({
  id: z.string(),
  raw: z.string(),
  truth: z.looseObject({ level: z.coerce.number() }),
});
const ordinary = testDataRows('auth/wazuh4_ruleset_lines.jsonl')
  .map((row) => lineSchema.parse(row))
  .filter(({ truth }) => truth.level <= 4);

(ordinary.length > 0 ? test : test.skip)(
  'lines that Wazuh calls ordinary alarm about what they say',
  async () => {
    const found: Record<string, string[]> = {};
    for (const { id, raw } of ordinary) {
      const names = await alarms([raw]);
      if (names.length > 0) found[id] = names;
    }
    expect(ordinary.length).toBeGreaterThan(200);
    // A log bucket deleted, a key made, and a script put into the registry's Run key: Wazuh's levels are low, not the events.
    expect(found).toEqual({
      'wz4:gcp:GCP logging bucket deleted.:1': ['gcp_log_sink_or_bucket_deleted'],
      'wz4:gcp:GCP new key is created for a service account.:1': ['gcp_service_account_key_created'],
      'wz4:sysmon_eid_13:Added registry content to be executed on next logon:1': [
        'autostart_key_with_script',
      ],
    });
  },
);

/** Beside the logs that were cleared when each recording began. */
const RECORDED: Readonly<Record<string, readonly string[]>> = {
  cmd_lsass_memory_dumpert_syscalls: ['lsass_memory_access'],
  cmd_mshta_vbscript_execute_psh: ['signed_binary_runs_remote_script'],
  cmd_process_herpaderping_mimiexplorer: [],
  cmd_sam_copy_esentutl: ['credential_store_dumped_by_command'],
  cmd_seatbelt_group_user: [],
  cmd_service_mod_fax: [],
  covenant_dcsync_dcerpc_drsuapi_DsGetNCChanges: ['directory_replication_by_user'],
  empire_shell_reg_dump_sam: ['credential_store_dumped_by_command'],
  psh_cmstp_execution_bypassuac: [],
};

const recordings = testDataPath('sigma/otrf');
(recordings === undefined ? describe.skip : describe)('recorded attacks on Windows', () => {
  const folder = recordings ?? '';
  test('the recordings are the ones that were looked at', () => {
    const names = readdirSync(folder).filter((name) => name.endsWith('.ndjson.gz'));
    expect(names.map((name) => name.replace('.ndjson.gz', '')).sort()).toEqual(Object.keys(RECORDED).sort());
  });
  test.each(Object.entries(RECORDED))('%s', async (name, expected) => {
    const text = gunzipSync(readFileSync(join(folder, `${name}.ndjson.gz`))).toString('utf8');
    const found = await alarms(text.split('\n').filter((line) => line !== ''));
    expect(found.filter((rule) => rule !== 'event_log_cleared')).toEqual(expected);
  });
});
