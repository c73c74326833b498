import { PassThrough, Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { runCli } from './run-cli.js';

async function run(args: string[], input: string | Buffer | (string | Buffer)[] = '') {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const sink = (list: Buffer[]) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        list.push(Buffer.from(chunk));
        done();
      },
    });
  const stdin = Readable.from((Array.isArray(input) ? input : [input]).map((part) => Buffer.from(part)));
  const code = await runCli(args, { stdin, stdout: sink(out), stderr: sink(err) });
  const text = Buffer.concat(out).toString();
  const events = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
  return { code, text, err: Buffer.concat(err).toString(), events };
}

describe('parapet parse', () => {
  test('one line in, one event out, whatever the line', async () => {
    const { code, events } = await run(
      ['parse'],
      [
        '<38>2026-03-03T01:44:00+00:00 db02 sshd[1000]: Failed password for al',
        'ice from 198.51.100.7 port 40000 ssh2\r\n\n',
        'no header at all',
      ],
    );
    expect(code).toBe(0);
    expect(events()).toEqual([
      expect.objectContaining({
        '@timestamp': '2026-03-03T01:44:00.000Z',
        'source.ip': '198.51.100.7',
        'user.name': 'alice',
        'event.action': 'ssh_login',
      }),
      expect.objectContaining({ 'event.original': '', 'labels.parse_error': expect.any(String) }),
      expect.objectContaining({
        'event.original': 'no header at all',
        'labels.parse_error': expect.any(String),
      }),
    ]);
  });
  test('--type reads lines without a header', async () => {
    const { events } = await run(
      ['parse', '--type', 'sshd'],
      'Disconnected from invalid user x 198.51.100.7 port 22 [preauth]\n',
    );
    expect(events()[0]).toMatchObject({
      'user.name': 'x',
      'source.ip': '198.51.100.7',
      'labels.decoder': 'sshd',
    });
  });
  test('bytes that are no UTF-8 are kept', async () => {
    const { events } = await run(['parse'], Buffer.from('<13>Nov 20 20:00:00 h app: caf\xe9\n', 'latin1'));
    expect(events()[0]).toMatchObject({ message: 'café', 'labels.encoding': 'iso-8859-1' });
  });
  test('a line over 64 KiB is cut and flagged, the next is whole', async () => {
    const { events } = await run(
      ['parse'],
      [`<13>app: ${'x'.repeat(50_000)}`, `${'x'.repeat(50_000)}\n`, '<13>app: y\n'],
    );
    expect(
      events().map((event) => [String(event['event.original']).length, event['labels.truncated']]),
    ).toEqual([
      [65_536, true],
      [10, undefined],
    ]);
  });
  test('a file that is not there is a failure with its name', async () => {
    expect(await run(['parse', '/no/such/file'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('/no/such/file'),
    });
  });
  test('a wrong option or type is refused', async () => {
    expect(await run(['parse', '--nope'])).toMatchObject({ code: 2, text: '' });
    expect(await run(['parse', '--type', 'nope'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('sshd'),
    });
  });
  test('a reader that goes away ends the command in peace', async () => {
    const stdout = new PassThrough();
    stdout.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }));
    const stdin = Readable.from(['<13>app: x\n'.repeat(2000)]);
    expect(await runCli(['parse'], { stdin, stdout, stderr: new PassThrough() })).toBe(0);
  });
});

test('an unknown command is refused, a known one tells its usage', async () => {
  expect(await run(['nope'])).toMatchObject({ code: 2, err: expect.stringContaining('nope') });
  expect(await run(['toString'])).toMatchObject({ code: 2 });
  expect(await run(['parse', '--help'])).toMatchObject({ code: 0, text: expect.stringContaining('--type') });
});
