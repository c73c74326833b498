import type { Command, CommandIo } from './command.js';
import { checkRules } from './rules/check.js';
import { matchRules } from './rules/match.js';
import { testRules } from './rules/test.js';
import { UsageError } from './usage-error.js';

type Action = (args: readonly string[], io: CommandIo) => Promise<number>;

const ACTIONS: Readonly<Record<string, Action>> = { check: checkRules, match: matchRules, test: testRules };

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const [name = '', ...rest] = args;
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) throw new UsageError(`Say ${Object.keys(ACTIONS).join(', ')}.`);
  return action(rest, io);
}

export const rulesCommand: Command = {
  name: 'rules',
  summary: 'Check Sigma rules, match events with them, run their tests.',
  usage: `parapet rules check PATH… [--placeholders FILE]
parapet rules match --rules PATH [--events FILE] [--placeholders FILE]
parapet rules test PATH… [--strict] [--placeholders FILE]

PATH is a Sigma file or a folder of them (.yml, .yaml; folders are read to the bottom).

check prints {"path","ruleId","ok","errors":[{"line","column","message"}]} for each rule; the exit code is 1 when one is not ok.
match prints {"ruleId","event","group"?} for each match: "event" counts the lines of FILE (NDJSON, nested or dotted names, .gz too; standard
input without --events) from 0. Correlations run on the events' own times and are printed at the event that completes them.
test runs the test events of <rule>.test.yaml beside <rule>.yml and prints {"path","ruleId","ok","tests","failures"}; with --strict a rule without
events that must match and events that must not fails. --placeholders: a YAML map of lists, for values such as %Servers%.`,
  run,
};
