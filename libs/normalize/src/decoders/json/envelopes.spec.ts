import { parseFrame, parseRecord } from '../../parse.js';
import type { ParseContext } from '../../parse.js';

const RECEIVED = Date.parse('2026-11-20T20:00:05Z');
const CONTEXT: ParseContext = { receivedAt: RECEIVED, timeZone: 'UTC', sourceType: 'auto' };
const parse = (value: unknown, context: Partial<ParseContext> = {}) =>
  parseFrame(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), {
    ...CONTEXT,
    ...context,
  });
const TIME = Date.parse('2026-11-20T20:00:00.500Z');
const FAILED = 'Failed password for root from 198.51.100.7 port 22 ssh2';
const LINE = `Nov 20 20:00:00 web1 sshd[7]: ${FAILED}`;
const SSHD = {
  'labels.decoder': 'sshd',
  'event.action': 'ssh_login',
  'event.outcome': 'failure',
  'source.ip': '198.51.100.7',
  'source.port': 22,
  'user.name': 'root',
  message: FAILED,
};

describe('a shipper’s envelope is opened, and the line in it read as its program’s', () => {
  test.each<[string, unknown, Record<string, unknown>]>([
    [
      'Docker json-file',
      { log: `${LINE}\n`, stream: 'stdout', time: '2026-11-20T20:00:00.5Z' },
      { stream: 'stdout', 'host.name': 'web1' },
    ],
    ['Docker splunk driver', { line: LINE, source: 'stderr', tag: 'abc' }, { stream: 'stderr' }],
    [
      'Fluentd docker driver',
      { container_id: 'c1', container_name: '/bastion', source: 'stdout', log: LINE },
      { 'container.id': 'c1', 'container.name': 'bastion' },
    ],
    [
      'Fluent Bit with Kubernetes',
      {
        log: LINE,
        stream: 'stdout',
        time: '2026-11-20T20:00:00.5Z',
        kubernetes: { pod_name: 'p', namespace_name: 'n', container_name: 'c', labels: { a: 'b' } },
      },
      { 'orchestrator.namespace': 'n', 'orchestrator.resource.name': 'p', 'container.name': 'c' },
    ],
    ['Fluent Bit tail over HTTP', { date: 1795204800.5, log: LINE }, {}],
    [
      'journald',
      {
        MESSAGE: FAILED,
        SYSLOG_IDENTIFIER: 'sshd',
        _PID: '7',
        _HOSTNAME: 'web1',
        PRIORITY: '6',
        SYSLOG_FACILITY: '4',
        _TRANSPORT: 'syslog',
        __REALTIME_TIMESTAMP: '1795204800500000',
        _EXE: '/usr/sbin/sshd',
      },
      {
        '@timestamp': TIME,
        'host.name': 'web1',
        'process.pid': 7,
        'process.executable': '/usr/sbin/sshd',
        'process.name': 'sshd',
      },
    ],
    ['journald, bytes', { MESSAGE: [...Buffer.from(FAILED)], SYSLOG_IDENTIFIER: 'sshd', _PID: '7' }, {}],
    [
      'Vector syslog source',
      {
        appname: 'sshd',
        facility: 'auth',
        host: '10.0.1.2',
        hostname: 'web1',
        message: FAILED,
        procid: 7,
        severity: 'info',
        source_ip: '10.0.1.2',
        source_type: 'syslog',
        timestamp: '2026-11-20T20:00:00.5Z',
      },
      { '@timestamp': TIME, 'host.name': 'web1', 'process.pid': 7, 'log.source.address': '10.0.1.2' },
    ],
    [
      'rsyslog jsonmesg',
      {
        msg: ` ${FAILED}`,
        timereported: '2026-11-20T20:00:00.5Z',
        hostname: 'web1',
        syslogtag: 'sshd[7]:',
        programname: 'sshd',
        pri: '38',
        'fromhost-ip': '10.0.1.2',
      },
      { 'host.name': 'web1', 'process.pid': 7, '@timestamp': TIME },
    ],
    [
      'Fluent Bit syslog',
      { pri: '38', time: '2026-11-20T20:00:00.5Z', host: 'web1', ident: 'sshd', pid: '7', message: FAILED },
      { 'process.pid': 7 },
    ],
    [
      'Filebeat',
      {
        '@timestamp': '2026-11-20T20:00:01Z',
        message: LINE,
        log: { file: { path: '/var/log/auth.log' }, offset: 1 },
        host: { name: 'web1' },
        agent: { type: 'filebeat' },
        ecs: { version: '8.0.0' },
      },
      { 'log.file.path': '/var/log/auth.log', '@timestamp': Date.parse('2026-11-20T20:00:00Z') },
    ],
    [
      'Filebeat journald',
      {
        '@timestamp': '2026-11-20T20:00:00.5Z',
        message: FAILED,
        agent: { type: 'filebeat' },
        syslog: { identifier: 'sshd', pid: '7' },
        host: { hostname: 'web1' },
      },
      { '@timestamp': TIME, 'process.pid': 7, 'host.name': 'web1' },
    ],
    [
      'Logstash',
      {
        '@timestamp': '2026-11-20T20:00:00.5Z',
        '@version': '1',
        message: LINE,
        host: 'web1',
        path: '/var/log/auth.log',
      },
      {},
    ],
    [
      'CloudWatch subscription',
      { messageType: 'DATA_MESSAGE', logEvents: [{ id: '1', timestamp: 1795204800500, message: LINE }] },
      {},
    ],
    [
      'macOS unified log',
      {
        timestamp: '2026-11-20 20:00:00.500000+0000',
        processImagePath: '/usr/sbin/sshd',
        processID: 7,
        eventMessage: FAILED,
      },
      { '@timestamp': TIME },
    ],
    [
      'Docker around Filebeat’s message',
      {
        log: JSON.stringify({ MESSAGE: FAILED, SYSLOG_IDENTIFIER: 'sshd', _PID: '7' }),
        stream: 'stdout',
        time: '2026-11-20T20:00:00.5Z',
      },
      {},
    ],
  ])('%s', (_name, record, more) => {
    const event = parse(record);
    expect(event).toMatchObject({ ...SSHD, ...more, 'event.original': JSON.stringify(record) });
    expect(event['labels.parse_error']).toBeUndefined();
  });

  test('CRI’s text', () => {
    expect(parse(`2026-11-20T20:00:00.500000000Z stdout F ${LINE}`)).toMatchObject({
      ...SSHD,
      stream: 'stdout',
    });
    expect(parse('2026-11-20T20:00:00.500000000Z stderr P hello')).toMatchObject({
      message: 'hello',
      '@timestamp': TIME,
      stream: 'stderr',
    });
  });

  test('the source’s type is asked about the line inside', () => {
    expect(
      parse({ log: FAILED, stream: 'stdout', time: '2026-11-20T20:00:00Z' }, { sourceType: 'sshd' }),
    ).toMatchObject(SSHD);
  });
});

describe('an application’s own message is no line of another program', () => {
  test.each([
    { level: 'info', msg: FAILED },
    { level: 'info', message: LINE, time: '2026-11-20T20:00:00Z' },
    { log: FAILED, stream: 'stdout', user: 'bob' },
    {
      '@timestamp': '2026-11-20T20:00:00Z',
      '@version': '1',
      message: FAILED,
      logger_name: 'a.B',
      level: 'INFO',
      path: '/x',
    },
    { program: 'sshd', message: FAILED },
    { host: 'h', program: 'sshd', pid: 1, message: FAILED, customer: 'x' },
    { message: FAILED, agent: { type: 'filebeat' }, event: { module: 'nginx' } },
  ])('%j', (record) => {
    const event = parse(record);
    expect(event['labels.decoder']).toBe('json');
    expect(event['source.ip']).toBeUndefined();
    expect(event['event.category']).toBeUndefined();
  });
});

test('a source whose type is a program’s has its lines in any record', () => {
  expect(parse({ msg: FAILED, customer: 'x' }, { sourceType: 'sshd' })).toMatchObject({
    ...SSHD,
    customer: 'x',
  });
  expect(parse({ msg: 'no line of it', customer: 'x' }, { sourceType: 'sshd' })).toMatchObject({
    'labels.decoder': 'json',
    'labels.parse_error': expect.stringContaining('sshd'),
    customer: 'x',
  });
});

test('envelopes in envelopes end somewhere', () => {
  let record: unknown = { MESSAGE: FAILED, SYSLOG_IDENTIFIER: 'sshd', _PID: '7' };
  for (let depth = 0; depth < 8; depth++) record = { log: JSON.stringify(record), stream: 'stdout' };
  expect(parse(record)).toMatchObject({ 'labels.decoder': 'json' });
});

test('parseRecord reads an object as parseFrame reads its text', () => {
  for (const record of [{ a: { b: 1 } }, { log: LINE, stream: 'stdout' }, { src_ip: '192.0.2.1', id: 'x' }]) {
    const text = JSON.stringify(record);
    const { 'labels.unauthenticated': _, ...framed } = parse(text);
    expect(parseRecord(record, text, CONTEXT)).toEqual(framed);
  }
});

test('a record below a syslog header keeps the header', () => {
  expect(parse('<13>Nov 20 20:00:00 h app: {"src_ip":"192.0.2.1","msg":"x"}')).toMatchObject({
    'host.name': 'h',
    'log.syslog.appname': 'app',
    'source.ip': '192.0.2.1',
    message: 'x',
  });
});
