import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { detect, MemoryWindowStore, type TenantDetectors, type WindowStore } from '@parapet/detection';
import { mintUuid, parseFrame } from '@parapet/normalize';
import { createTestRedis, type TestRedis } from '@parapet/testing';
import type { DetectorKind, NormalizedEvent } from '@parapet/contracts';
import { z } from 'zod';
import { RedisWindowStore } from '../../apps/processor/src/stages/detect/redis-window-store.js';

/** Real and boundary streams: lines in, alerting addresses out, through the decoders and the window stores. */
const streams = fileURLToPath(new URL('../../../shared/testdata/streams/', import.meta.url));
const present = existsSync(streams);
if (!present) process.stderr.write(`boundary streams: skipped, ${streams} is not there\n`);

const caseSchema = z.object({
  id: z.string(),
  detector: z.enum(['brute_force', 'port_scan']),
  why: z.string(),
  events: z.array(
    z.object({ tenant: z.string(), line: z.string().optional(), control: z.string().optional() }),
  ),
  expect_alert: z.array(z.object({ tenant: z.string(), 'source.ip': z.string() })),
});
const expectedSchema = z.object({
  detector: z.enum(['brute_force', 'port_scan']),
  must_alert: z.array(z.string()),
  may_alert: z.array(z.string()),
});

const read = (name: string) => (present ? readFileSync(`${streams}${name}`, 'utf8') : '');
const cases = read('bf_scan_boundary.jsonl')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => caseSchema.parse(JSON.parse(line)));

function eventOf(tenantId: string, line: string, receivedAt: number): NormalizedEvent {
  const fields = parseFrame(Buffer.from(line), { receivedAt, timeZone: 'UTC', sourceType: 'auto' });
  return { ...fields, id: mintUuid(receivedAt), tenantId, 'event.ingested': receivedAt };
}

/** Tenant and address of each alert, when the lines arrive in batches of this size. */
async function alerting(
  kind: DetectorKind,
  windows: WindowStore,
  lines: readonly { tenant: string; line: string }[],
  batchSize: number,
): Promise<string[]> {
  const receivedAt = Date.UTC(2026, 2, 3, 3);
  const detectors: TenantDetectors = {};
  const found = new Set<string>();
  const tenants = new Map<string, string>();
  const runId = `${process.pid}-${Date.now()}-${Math.random()}`;
  for (let at = 0; at < lines.length; at += batchSize) {
    const sections = new Map<string, NormalizedEvent[]>();
    for (const { tenant, line } of lines.slice(at, at + batchSize)) {
      const tenantId = tenants.get(tenant) ?? `${tenant}-${runId}`;
      tenants.set(tenant, tenantId);
      sections.set(tenant, [...(sections.get(tenant) ?? []), eventOf(tenantId, line, receivedAt)]);
    }
    for (const [tenant, events] of sections) {
      const section = { tenantId: tenants.get(tenant) ?? '', events };
      for (const detection of await detect(section, detectors, windows)) {
        if (detection.detector === kind) found.add(`${tenant} ${detection.group['source.ip'] ?? ''}`);
      }
    }
  }
  return [...found].sort();
}

(present ? describe : describe.skip)('boundary streams', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await createTestRedis();
  });
  afterAll(async () => {
    await server.drop();
  });
  const stores: [string, () => WindowStore][] = [
    ['memory', () => new MemoryWindowStore()],
    // A new object each time: what has to survive a restart is in Redis.
    ['Redis', () => new RedisWindowStore(server.client)],
  ];

  describe.each(stores)('with windows in %s', (_name, open) => {
    it.each(cases.map((one) => [one.id, one.why, one] as const))('%s: %s', async (_id, _why, one) => {
      const lines = one.events.flatMap(({ tenant, line }) => (line === undefined ? [] : [{ tenant, line }]));
      const expected = one.expect_alert.map((alert) => `${alert.tenant} ${alert['source.ip']}`).sort();
      for (const size of [1, 3, 500]) {
        expect(await alerting(one.detector, open(), lines, size)).toEqual(expected);
        expect(await alerting(one.detector, open(), [...lines].reverse(), size)).toEqual(expected);
      }
    });

    it.each(['crowdsec_ssh-slow-bf', 'crowdsec_iptables-scan-multi-port'])('%s', async (name) => {
      const expected = expectedSchema.parse(JSON.parse(read(`${name}.expected.json`)));
      const lines = read(`${name}.log`)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => ({ tenant: 'A', line }));
      expect(lines.length).toBeGreaterThan(0);
      const found = await alerting(expected.detector, open(), lines, 500);
      const addresses = found.map((one) => one.slice(2));
      expect(addresses).toEqual(expect.arrayContaining(expected.must_alert));
      const allowed = [...expected.must_alert, ...expected.may_alert];
      expect(addresses.filter((address) => !allowed.includes(address))).toEqual([]);
    });
  });
});
