import { readFileSync } from 'node:fs';
import { SettingsError } from '@parapet/errors';
import { settingsSchema, type Settings } from './settings.js';

type Problem = { name: string; problem: string };

/** Settings that are paths themselves, so that `_FILE` is part of their name. */
const FILE_SETTINGS = new Set(['SYSLOG_TLS_CERT_FILE', 'SYSLOG_TLS_KEY_FILE']);

function withSecretsFromFiles(
  env: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(settingsSchema.shape)) {
    const value = env[name];
    if (value !== undefined && value !== '') values[name] = value;
    const file = FILE_SETTINGS.has(name) ? undefined : env[`${name}_FILE`];
    if (file === undefined || file === '') continue;
    if (values[name] !== undefined) {
      problems.push({ name, problem: `set either ${name} or ${name}_FILE, not both` });
      continue;
    }
    try {
      values[name] = readFileSync(file, 'utf8').trim();
    } catch {
      problems.push({ name: `${name}_FILE`, problem: 'the file it names can’t be read' });
    }
  }
  return values;
}

/**
 * Parses the environment once. `required` names what the calling service can't do without.
 * @throws SettingsError with every problem at once, by name and never by value.
 */
export function loadSettings<K extends keyof Settings = never>(
  required: readonly K[] = [],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Settings & { [P in K]-?: NonNullable<Settings[P]> } {
  const problems: Problem[] = [];
  const values = withSecretsFromFiles(env, problems);
  const parsed = settingsSchema.safeParse(values);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      problems.push({ name: issue.path.join('.'), problem: describe(issue) });
    }
  }
  for (const name of required) {
    if (values[name] === undefined && (!parsed.success || parsed.data[name] === undefined)) {
      problems.push({ name, problem: `is needed here; set it, or ${name}_FILE` });
    }
  }
  if (!parsed.success || problems.length > 0) throw new SettingsError(problems);
  return Object.freeze(parsed.data) as Settings & { [P in K]-?: NonNullable<Settings[P]> };
}

/** zod's own message, unless it would repeat the value. */
function describe(issue: { code?: string; message: string; values?: unknown }): string {
  if (issue.code === 'invalid_value' && Array.isArray(issue.values))
    return `must be one of ${issue.values.join(', ')}`;
  return issue.message;
}
