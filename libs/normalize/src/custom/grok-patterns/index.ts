import { BASE } from './base.js';
import { DAEMONS } from './daemons.js';
import { FIREWALLS } from './firewalls.js';
import { NAGIOS } from './nagios.js';
import { WEB } from './web.js';

function read(text: string): [string, string][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1)];
    });
}

/**
 * The library of grok: name → expression, in RE2 syntax but for `(?<!…)` at the beginning. The names are those of Logstash's
 * patterns (logstash-patterns-core, Apache License 2.0; the firewall and Nagios ones by way of grok-js, ISC), whose expressions these
 * are rewritten from: without atomic groups and look-around, with captures named as in ECS (its "ecs-v1" set).
 */
export const GROK_PATTERNS: ReadonlyMap<string, string> = new Map(
  [BASE, WEB, DAEMONS, FIREWALLS, NAGIOS].flatMap(read),
);
