import type { IntelType, NormalizedEvent } from '@parapet/contracts';
import { IndicatorTable } from './indicator-table.js';
import { Intel, type IntelSet } from './tenant-intel.js';

const ACME = 'acme';
const T = Date.parse('2026-03-01T00:00:00Z');

function setOf(rows: [IntelType, string, number?, number?][], name = 'list'): IntelSet {
  const table = new IndicatorTable(1);
  for (const [type, value, confidence = 80, validUntil] of rows)
    table.add(type, value, { feed: 0, confidence, validUntil });
  return { table, feeds: [{ id: `id-${name}`, name }] };
}
const event = (fields: Partial<NormalizedEvent>): NormalizedEvent => ({
  id: 'e',
  tenantId: ACME,
  '@timestamp': T,
  'event.ingested': T,
  'event.original': '',
  message: '',
  ...fields,
});
const enriched = (intel: Intel, fields: Partial<NormalizedEvent>) => {
  const one = event(fields);
  intel.enrich(one);
  return Object.fromEntries(
    Object.entries(one).filter(([name, value]) => /^(threat|parapet)\./.test(name) && value !== undefined),
  );
};

const SHA = 'ab'.repeat(32);
const own = setOf([
  ['address', '45.9.1.2'],
  ['address', '45.8.0.0/16', 40],
  ['domain', 'evil.com', 20],
  ['url', 'bad.com/kit/'],
  ['file_hash', SHA],
]);
const intel = new Intel(new Map([[ACME, { own }]]));

describe('an event', () => {
  it('gets the ECS fields of an address', () => {
    expect(enriched(intel, { 'source.ip': '45.8.3.4' })).toEqual({
      'parapet.intel_feed_id': 'id-list',
      'threat.indicator.name': '45.8.0.0/16',
      'threat.indicator.type': 'ipv4-addr',
      'threat.indicator.ip': '45.8.3.4',
      'threat.indicator.confidence': 'Medium',
      'threat.indicator.provider': 'list',
      'threat.feed.name': 'list',
      'threat.enrichments.matched.field': 'source.ip',
      'threat.enrichments.matched.atomic': '45.8.3.4',
    });
  });

  it.each([
    [{ 'destination.ip': '::ffff:45.9.1.2' }, '45.9.1.2', 'destination.ip'],
    [{ 'dns.question.name': 'x.EVIL.com' }, 'evil.com', 'dns.question.name'],
    [{ 'url.domain': '45.9.1.2' }, '45.9.1.2', 'url.domain'],
    [{ 'url.full': 'https://bad.com/kit/x.php' }, 'bad.com/kit/', 'url.full'],
    [{ 'url.original': '/kit/x.php', 'url.domain': 'bad.com' }, 'bad.com/kit/', 'url.original'],
    [{ 'process.hash.sha256': SHA.toUpperCase() }, SHA, 'process.hash.sha256'],
    [{ 'source.domain': 'a.evil.com', 'file.hash.sha256': SHA }, SHA, 'file.hash.sha256'],
  ])('%j names %s', (fields, name, field) =>
    expect(enriched(intel, fields)).toMatchObject({
      'threat.indicator.name': name,
      'threat.enrichments.matched.field': field,
    }),
  );

  it.each([
    { 'source.ip': '45.9.1.3' },
    { 'source.ip': 'not an address', 'url.full': 'nothing', 'url.original': '/kit/x.php' },
    { 'dns.question.name': ['evil.com'] },
    { 'file.hash.md5': SHA.slice(0, 31) },
  ])('%j meets nothing', (fields) => expect(enriched(intel, fields)).toEqual({}));

  it('never matches a private or reserved address, whatever a list says', () => {
    const wide = new Intel(
      new Map([
        [
          ACME,
          {
            own: setOf([
              ['address', '192.0.0.0/8'],
              ['address', '10.1.1.1'],
            ]),
          },
        ],
      ]),
    );
    expect(enriched(wide, { 'source.ip': '192.168.1.1', 'destination.ip': '10.1.1.1' })).toEqual({});
    expect(enriched(wide, { 'source.ip': '192.1.1.1' })).not.toEqual({});
  });

  it('is judged by its own time', () => {
    const brief = new Intel(new Map([[ACME, { own: setOf([['domain', 'evil.com', 80, T / 1000]]) }]]));
    expect(enriched(brief, { 'url.domain': 'evil.com', '@timestamp': T - 1000 })).not.toEqual({});
    expect(enriched(brief, { 'url.domain': 'evil.com', '@timestamp': T })).toEqual({});
  });

  it('does not keep what a sender says to be a match', () => {
    expect(enriched(intel, { 'parapet.intel_feed_id': 'made up' })).toEqual({});
  });
});

describe('tenants', () => {
  const shared = setOf([['domain', 'evil.com', 95]], 'operator');

  it('meet their own indicators and the operator’s, nobody else’s', () => {
    const both = new Intel(new Map([[ACME, { own }]]), shared);
    expect(enriched(both, { 'url.domain': 'evil.com' })['threat.feed.name']).toBe('operator');
    expect(enriched(both, { tenantId: 'beta', 'url.domain': 'evil.com' })['threat.feed.name']).toBe(
      'operator',
    );
    expect(enriched(both, { tenantId: 'beta', 'source.ip': '45.9.1.2' })).toEqual({});
  });

  it('are not told of what they allow: prefixes, names below, URLs of an allowed host', () => {
    const allowed = new IndicatorTable(1);
    for (const [type, value] of [
      ['address', '45.9.0.0/16'],
      ['domain', 'bad.com'],
      ['file_hash', SHA],
    ] as const)
      allowed.add(type, value, { feed: 0, confidence: 100 });
    const quiet = new Intel(new Map([[ACME, { own, allowed }]]), shared);
    for (const fields of [
      { 'source.ip': '45.9.1.2' },
      { 'url.full': 'http://bad.com/kit/x' },
      { 'file.hash.sha256': SHA },
    ])
      expect(enriched(quiet, fields)).toEqual({});
    expect(
      enriched(quiet, { 'url.domain': 'evil.com', 'source.ip': '45.9.1.2' })['threat.indicator.name'],
    ).toBe('evil.com');
  });
});
