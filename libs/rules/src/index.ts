export { readManagedRules } from './read-managed-rules.js';
export { readRuleFolder } from './read-rule-folder.js';
