export { readRuleFolder } from './read-rule-folder.js';
