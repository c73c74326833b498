import { COMMANDS } from './commands/index.js';
import type { CommandIo } from './commands/index.js';
import { UsageError } from './commands/usage-error.js';

async function help(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const width = Math.max(...commands.map(({ name }) => name.length));
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `parapet <command> [options]\n\n${rows.join('\n')}\n\n\`parapet <command> --help\` tells more.\n`;
}

/** Runs one command line; resolves to the exit code: 0 done, 1 failed, 2 not understood. */
export async function runCli(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    (name === undefined ? io.stderr : io.stdout).write(await help());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    io.stderr.write(`parapet: there is no command “${name}”; \`parapet help\` lists them.\n`);
    return 2;
  }
  const command = await load();
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(`${command.usage}\n`);
    return 0;
  }
  try {
    return await command.run(args, io);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    io.stderr.write(
      `parapet ${name}: ${message}\n${error instanceof UsageError ? `\n${command.usage}\n` : ''}`,
    );
    return error instanceof UsageError ? 2 : 1;
  }
}
