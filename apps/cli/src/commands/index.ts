import { migrateCommand } from './migrate.js';
import { seedCommand } from './seed.js';

export interface CommandIo {
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  usage: string;
  /** Resolves to the exit code. A ParapetError that it throws is printed by its message. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

/** Every command: one file and one row. */
export const COMMANDS: readonly Command[] = [migrateCommand, seedCommand];
