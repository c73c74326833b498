import { parseFrame, parseHeader } from '@parapet/normalize';
import { z } from 'zod';
import { testDataRows } from './test-data.js';

const caseSchema = z.object({
  id: z.string(),
  protocol: z.string(),
  raw: z.string(),
  valid: z.boolean(),
  fields: z.record(z.string(), z.unknown()).optional(),
  expected_line: z.string().optional(),
  template: z.string().optional(),
});
const cases = testDataRows('syslog/syslog_cases.jsonl').map((row) => caseSchema.parse(row));
const RECEIVED = Date.parse('2026-11-20T20:00:00Z');
const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
];
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** The upstream table gives the input of go-syslog's builder, which is still escaped. */
const unescape = (value: string) => value.replace(/\\(["\\\]])/g, '$1');

/**
 * rsyslog reads "This is a message!", a line without any header, as host "This" and program "is". A wrong host is worse
 * than none, so such a line is a message here.
 */
const DELIBERATE = new Set(['rsyslog:parsertest-parse-nodate:1']);

const suite = cases.length > 0 ? describe : describe.skip;

suite('syslog cases of the test data', () => {
  test.each(cases)('$id: ingested, and well-formed RFC 5424 only if it is', ({ raw, valid, protocol }) => {
    const header = parseHeader(raw, RECEIVED, 'UTC');
    if (protocol === 'rfc5424') expect(header.valid5424).toBe(valid);
    if (protocol === 'rfc3164') expect(header.format).toBe('rfc3164');
    const event = parseFrame(Buffer.from(raw), { receivedAt: RECEIVED, timeZone: 'UTC', sourceType: 'auto' });
    expect(event['event.original']).toBe(raw);
    expect(event['log.syslog.version'] !== undefined).toBe(header.valid5424);
    if (!valid) expect(event['labels.parse_error']).toBeDefined();
  });

  test.each(cases.filter((one) => one.fields && Object.keys(one.fields).length > 0))(
    '$id: fields',
    ({ raw, fields = {} }) => {
      const header = parseHeader(raw, RECEIVED, 'UTC');
      const time = fields['timestamp'];
      const data = z
        .record(z.string(), z.record(z.string(), z.string()))
        .optional()
        .parse(fields['structured_data']);
      const expected = {
        priority: fields['priority'],
        facility: fields['facility'],
        severity: fields['severity'],
        version: fields['version'],
        host: fields['hostname'],
        program: fields['appname'],
        pid: fields['procid'],
        message: fields['message'] ?? '',
      };
      expect({ ...header, message: header.message }).toMatchObject(
        Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
      );
      if (fields['appname'] === undefined) expect(header.program).toBeUndefined();
      if (typeof time === 'string') {
        const ms = time.includes('T') ? Date.parse(time) : Date.parse(`${time} 2026 UTC`);
        expect(new Date(header.timestamp ?? 0).toISOString().slice(5)).toBe(
          new Date(ms).toISOString().slice(5),
        );
      }
      for (const [id, params] of Object.entries(data ?? {})) {
        for (const [name, value] of Object.entries(params))
          expect(header.structuredData?.[id]?.[name]).toBe(unescape(value));
      }
    },
  );

  const lines = cases.filter((one) => one.expected_line !== undefined && one.template?.includes('hostname'));
  test.each(lines)('$id: rsyslog’s own reading', ({ id, raw, expected_line: line = '', template = '' }) => {
    const header = parseHeader(raw, RECEIVED, 'UTC');
    if (DELIBERATE.has(id)) return expect(header).toMatchObject({ format: 'none', message: raw });
    const names = template.split(',').map((name) => name.replaceAll('%', ''));
    // The tag may hold commas itself, but then it is all there is.
    const parts = line.split(',');
    const part = (name: string) => parts[names.indexOf(name)] ?? '';
    expect(header.priority).toBe(Number(part('PRI')));
    expect(FACILITIES[header.facility ?? 1] ?? `local${(header.facility ?? 0) - 16}`).toBe(
      part('syslogfacility-text'),
    );
    expect(SEVERITIES[header.severity ?? 5]).toBe(part('syslogseverity-text'));
    if (names.includes('timestamp')) {
      expect(new Date(header.timestamp ?? 0).toISOString().slice(5, 19)).toBe(
        new Date(Date.parse(`${part('timestamp')} 2026 UTC`)).toISOString().slice(5, 19),
      );
    }
    expect(header.host ?? '$RS_HOSTNAME').toBe(part('hostname'));
    expect(header.program?.split(',')[0] ?? '').toBe(part('programname'));
    if (parts.length === names.length) expect(header.message.trim()).toBe(part('msg').trim());
    else if (header.program === undefined || header.message !== '')
      expect(header.message.trim()).toBe(
        parts
          .slice(names.length - 1)
          .join(',')
          .trim(),
      );
  });
});
