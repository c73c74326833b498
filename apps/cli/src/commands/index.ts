import type { Command } from './command.js';

export type { Command, CommandIo } from './command.js';

/** Every command: one file and one row. Loaded only when asked for, so that `parse` does not wait for the database's libraries. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  import: async () => (await import('./import.js')).importCommand,
  migrate: async () => (await import('./migrate.js')).migrateCommand,
  parse: async () => (await import('./parse.js')).parseCommand,
  rules: async () => (await import('./rules.js')).rulesCommand,
  scenario: async () => (await import('./scenario.js')).scenarioCommand,
  seed: async () => (await import('./seed.js')).seedCommand,
};
