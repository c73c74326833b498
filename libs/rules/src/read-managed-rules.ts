import { fileURLToPath } from 'node:url';
import type { RuleFile } from '@parapet/sigma';
import { readRuleFolder } from './read-rule-folder.js';

/** The rules that come with Parapet. */
const MANAGED_RULES = fileURLToPath(new URL('../../../rules/', import.meta.url));

/**
 * The files of the managed pack. `folder`: the setting RULES_DIR, where `off` is none.
 * Throws what `readRuleFolder` throws, for a folder that is not there too.
 */
export async function readManagedRules(folder: string | undefined): Promise<RuleFile[]> {
  return folder === 'off' ? [] : readRuleFolder(folder ?? MANAGED_RULES);
}
