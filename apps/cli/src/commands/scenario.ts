import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { loadSettings } from '@parapet/config';
import type { Command, CommandIo } from './command.js';
import { play, type Target } from '../scenario/player.js';
import { renderScenario } from '../scenario/render.js';
import { scenarioSchema, type Scenario } from '../scenario/scenario.js';
import { UsageError } from './usage-error.js';

const SCENARIOS = fileURLToPath(new URL('../../../../seeds/scenarios', import.meta.url));

async function load(name: string): Promise<Scenario> {
  const names = await listNames();
  if (!names.includes(name))
    throw new UsageError(`There is no scenario “${name}”. Scenarios: ${names.join(', ')}.`);
  const file = `${name}.yaml`;
  const parsed = scenarioSchema.safeParse(parseYaml(await readFile(join(SCENARIOS, file), 'utf8')));
  if (!parsed.success) throw new UsageError(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function listNames(): Promise<string[]> {
  return (await readdir(SCENARIOS))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

async function list(io: CommandIo): Promise<number> {
  for (const name of await listNames()) {
    const { title, description, attack, sender } = await load(name);
    io.stdout.write(`${JSON.stringify({ name, title, description: description.trim(), attack, sender })}\n`);
  }
  return 0;
}

interface RunOptions {
  speed: number;
  seed: number;
  transport: 'tcp' | 'udp';
  to: string | undefined;
  sender: string | undefined;
  dryRun: boolean;
}

function positive(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new UsageError(`${name} must be a number above 0, not “${text}”.`);
  return value;
}

function target(scenario: Scenario, options: RunOptions): Target {
  const { transport } = options;
  const [host, port] = options.to?.split(/:(?=\d+$)/) ?? [];
  if (options.to !== undefined && (!host || !port))
    throw new UsageError('--to is an address and a port, such as 127.0.0.1:5514.');
  const settings = loadSettings();
  return {
    transport,
    host: host ?? '127.0.0.1',
    port: port ? Number(port) : transport === 'tcp' ? settings.SYSLOG_TCP_PORT : settings.SYSLOG_UDP_PORT,
    sender: options.sender ?? scenario.sender,
  };
}

async function runScenario(name: string, options: RunOptions, io: CommandIo): Promise<number> {
  const scenario = await load(name);
  const frames = renderScenario(scenario, options.seed);
  if (options.dryRun) {
    const length = frames.at(-1)?.offset ?? 0;
    for (const { frame } of frames) io.stdout.write(`${frame(Date.now() - length)}\n`);
    return 0;
  }
  const to = target(scenario, options);
  const terminal = process.stderr.isTTY === true;
  const sent = await play(frames, to, options.speed, (count) => {
    if (terminal) io.stderr.write(`\r${count} of ${frames.length} lines sent`);
  });
  if (terminal) io.stderr.write('\n');
  io.stdout.write(
    `${JSON.stringify({ scenario: name, sent, from: to.sender, to: `${to.transport}://${to.host}:${to.port}`, expect: scenario.expect })}\n`,
  );
  return 0;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        speed: { type: 'string', default: '20' },
        seed: { type: 'string', default: '1' },
        transport: { type: 'string', default: 'tcp' },
        to: { type: 'string' },
        sender: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const [action, name, ...rest] = parsed.positionals;
  if (action === 'list' && name === undefined) return list(io);
  if (action !== 'run' || name === undefined || rest.length > 0)
    throw new UsageError('Say `list`, or `run` and a name.');
  const { speed, seed, transport, to, sender } = parsed.values;
  if (transport !== 'tcp' && transport !== 'udp')
    throw new UsageError(`--transport is tcp or udp, not “${transport}”.`);
  return runScenario(
    name,
    {
      speed: positive(speed, '--speed'),
      seed: positive(seed, '--seed'),
      transport,
      to,
      sender,
      dryRun: parsed.values['dry-run'],
    },
    io,
  );
}

export const scenarioCommand: Command = {
  name: 'scenario',
  summary: 'Play an attack over real syslog.',
  usage: `parapet scenario list
parapet scenario run <name> [--speed 20] [--seed 1] [--transport tcp|udp] [--to 127.0.0.1:5514] [--sender ADDRESS] [--dry-run]

Plays a scenario of seeds/scenarios. The lines carry times at the scenario's own pace that end now; --speed says how many
times faster they are sent. --sender is the local address to send from: it decides which tenant's events they are.
--dry-run prints the lines instead.`,
  run,
};
