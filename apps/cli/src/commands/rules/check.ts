import { loadRules } from '@parapet/sigma';
import type { CommandIo } from '../command.js';
import { UsageError } from '../usage-error.js';
import { writer } from '../writer.js';
import { readPlaceholders, readRuleFiles, ruleArguments } from './files.js';

/** `parapet rules check`: one line a rule. */
export async function checkRules(args: readonly string[], io: CommandIo): Promise<number> {
  const { paths, text } = ruleArguments(args, { placeholders: { type: 'string' } });
  if (paths.length === 0) throw new UsageError('Say which file or folder.');
  const placeholders = await readPlaceholders(text('placeholders'));
  const files = await readRuleFiles(paths);
  if (files.length === 0) throw new UsageError(`There is no .yml or .yaml file in ${paths.join(', ')}.`);
  const write = writer(io.stdout);
  let refused = 0;
  for (const { path, ruleId, rule, problems } of loadRules(files, { placeholders })) {
    const ok = rule !== undefined;
    if (!ok) refused += 1;
    if (!(await write(`${JSON.stringify({ path, ruleId, ok, errors: problems })}\n`))) break;
  }
  await write.end();
  return refused > 0 ? 1 : 0;
}
