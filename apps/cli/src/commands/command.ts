import type { Readable, Writable } from 'node:stream';

/** Where a command reads and writes: results on stdout, problems on stderr. */
export interface CommandIo {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
}

/** One command of `parapet`: a file in this folder and a row in `index.ts`. */
export interface Command {
  /** The word after `parapet`. */
  name: string;
  /** One line for `parapet help`. */
  summary: string;
  /** The line(s) that `parapet <name> --help` shows. */
  usage: string;
  /** `args`: what stands behind the name. Resolves to the exit code; a UsageError shows the usage and exits with 2. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}
