import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Readable } from 'node:stream';
import { DECODER_NAMES, lines, parseFrame } from '@parapet/normalize';
import type { EventFields } from '@parapet/normalize';
import type { Command, CommandIo } from './command.js';
import { isTimeZone } from './time-zone.js';
import { UsageError } from './usage-error.js';
import { writer } from './writer.js';

const TYPES = ['auto', ...DECODER_NAMES];

interface Options {
  type: string;
  timeZone: string;
  files: string[];
}

function options(args: readonly string[]): Options {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { type: { type: 'string', default: 'auto' }, 'time-zone': { type: 'string', default: 'UTC' } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { type, 'time-zone': timeZone } = parsed.values;
  if (!TYPES.includes(type)) throw new UsageError(`There is no type “${type}”. Types: ${TYPES.join(', ')}.`);
  if (!isTimeZone(timeZone))
    throw new UsageError(`“${timeZone}” is no IANA time zone such as Europe/Berlin.`);
  return { type, timeZone, files: parsed.positionals };
}

/** The event as one line of JSON: dotted keys, times as ISO 8601. */
function toJson(event: EventFields, receivedAt: number): string {
  return JSON.stringify({
    ...event,
    '@timestamp': new Date(event['@timestamp']).toISOString(),
    'event.ingested': new Date(receivedAt).toISOString(),
  });
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { type, timeZone, files } = options(args);
  const write = writer(io.stdout);
  let failures = 0;
  for (const file of files.length > 0 ? files : ['-']) {
    const input: Readable = file === '-' ? io.stdin : createReadStream(file);
    try {
      for await (const line of lines(input)) {
        const receivedAt = Date.now();
        const context = {
          receivedAt,
          timeZone,
          sourceType: type,
          transport: 'file' as const,
          truncated: line.truncated,
        };
        if (!(await write(`${toJson(parseFrame(line.bytes, context), receivedAt)}\n`))) return 0;
      }
    } catch (error) {
      failures++;
      io.stderr.write(
        `parapet parse: ${file === '-' ? 'standard input' : file}: ${error instanceof Error ? error.message : String(error)}\n`,
      );
    }
  }
  await write.end();
  return failures > 0 ? 1 : 0;
}

export const parseCommand: Command = {
  name: 'parse',
  summary: 'Turn log lines into normalised events.',
  usage: `parapet parse [--type ${TYPES.join('|')}] [--time-zone ZONE] [FILE…] < lines

One line in, one event out: a line of JSON with dotted ECS names. A line that can't be read still yields
event.original and labels.parse_error. --time-zone is the zone of times that name none (UTC).`,
  run,
};
