// The embedded Redis: a redis-server (or valkey-server) of the machine, with a configuration of our own.
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import net from 'node:net';
import { lastLines, run } from './command.mjs';
import { ManagedProcess } from './managed-process.mjs';
import { choosePort } from './postgres.mjs';
import { StartError } from './say.mjs';

const NAMES = ['redis-server', 'valkey-server'];
const OLDEST = [6, 2];
const REMEDY =
  'Install it (Debian, Ubuntu: `sudo apt-get install redis-server`; Fedora: `sudo dnf install valkey`; Alpine: `apk add redis`; macOS: `brew install redis`), or set REDIS_URL to a server of your own.';

/** The full path of a program, looked up on PATH and where system programs lie. */
export function findProgram(names, env = process.env) {
  const folders = [
    ...(env.PATH ?? '').split(delimiter),
    ...(process.getuid?.() === 0 ? ['/usr/sbin', '/usr/local/sbin'] : []),
  ];
  for (const name of names) {
    for (const folder of folders) {
      if (folder && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

async function versionOf(program) {
  const { output } = await run(program, ['--version']);
  const [, major, minor] = /\bv=(\d+)\.(\d+)/.exec(output) ?? [];
  return {
    text: /\bv=([\d.]+)/.exec(output)?.[1] ?? 'unknown',
    enough: Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]),
  };
}

const MANAGERS = [
  {
    program: 'apt-get',
    tries: [['install', '-y', '--no-install-recommends', 'redis-server']],
    refresh: ['update'],
  },
  {
    program: 'dnf',
    tries: [
      ['install', '-y', 'valkey'],
      ['install', '-y', 'redis'],
    ],
  },
  { program: 'apk', tries: [['add', '--no-cache', 'redis']] },
];

/** Installs a system package as root: true when a package manager did it. `packages` overrides by manager name. */
export async function installWithManager(tries, { signal } = {}) {
  if (process.getuid?.() !== 0) return { installed: false, output: '' };
  let output = '';
  for (const { program, refresh, tries: own } of MANAGERS) {
    const path = findProgram([program]);
    const commands = tries?.[program] ?? (tries ? undefined : own);
    if (!path || !commands) continue;
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
    for (const args of commands) {
      let result = await run(path, args, { env, signal });
      if (result.code !== 0 && refresh) {
        await run(path, refresh, { env, signal });
        result = await run(path, args, { env, signal });
      }
      if (result.code === 0) return { installed: true, output: result.output };
      output = result.output;
    }
  }
  return { installed: false, output };
}

/** Finds Redis, installing it when root. Resolves to { program, version }; a StartError names the remedy. */
export async function provideRedis({ reporter, signal }) {
  let program = findProgram(NAMES);
  if (!program) {
    if (process.getuid?.() === 0)
      reporter.step('Redis', 'not found; installing it with the package manager …');
    const { output } = await installWithManager(undefined, { signal });
    program = findProgram(NAMES);
    if (!program) {
      const tried = output ? ` Installing it failed:\n${lastLines(output, 8)}\n` : ' ';
      throw new StartError(`Redis was not found on PATH.${tried}${REMEDY}`);
    }
  }
  const { text, enough } = await versionOf(program);
  if (!enough)
    throw new StartError(
      `${program} is version ${text}; Parapet needs ${OLDEST.join('.')} or later. ${REMEDY}`,
    );
  return { program, version: text };
}

// Nothing accepted may be thrown away: append-only file, and no eviction when memory is full (writes fail instead,
// which the ingestor turns into backpressure). `everysec` can lose the last second at a power cut, not at a kill.
const configText = ({ port, password, dir, maxMemory }) => `port ${port}
bind 127.0.0.1
protected-mode yes
requirepass ${password}
daemonize no
dir ${dir}
logfile ""
loglevel notice
save ""
appendonly yes
appendfsync everysec
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 128mb
aof-load-truncated yes
maxmemory ${maxMemory}
maxmemory-policy noeviction
`;

/** One inline command after AUTH, over a bare socket: the launcher must be able to ask before npm has installed. */
export function askRedis({ host = '127.0.0.1', port, password }, command = 'PING') {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    let answer = '';
    socket.setTimeout(2000, () => socket.destroy(new Error('timed out')));
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${password ? `AUTH ${password}\r\n` : ''}${command}\r\n`));
    socket.on('data', (chunk) => {
      answer += chunk;
      const lines = answer.split('\r\n').slice(0, -1);
      if (lines.length >= (password ? 2 : 1)) {
        socket.destroy();
        resolve(lines.at(-1));
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
  });
}

/** Starts Redis. Resolves to { url, port, version, process }. */
export async function startRedis({
  home,
  password,
  want,
  logFile,
  runDir,
  reporter,
  maxMemory = '1gb',
  throwAway = false,
  restart = true,
  signal,
  onProcess = () => {},
}) {
  const { program, version } = await provideRedis({ reporter, signal });
  const { uid, gid } = home.user;
  const dir = join(home.dir, 'redis');
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o700);
  const port = await choosePort(want);
  const config = join(dir, 'redis.conf');
  writeFileSync(config, '', { mode: 0o600 });
  for (const path of uid === undefined ? [] : [dir, config]) chownSync(path, uid, gid);
  writeFileSync(config, configText({ port, password, dir, maxMemory }));
  signal?.throwIfAborted();
  const server = new ManagedProcess({
    name: 'Redis',
    command: program,
    args: [config],
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    cwd: dir,
    uid,
    gid,
    logFile,
    runDir,
    reporter,
    restart,
    hurriedGraceMs: 5000,
    ready: async () => (await askRedis({ port, password })) === '+PONG',
    readyWithinMs: throwAway ? 30_000 : 300_000, // a large append-only file takes its time to load
  });
  onProcess(server);
  try {
    await server.start();
    signal?.throwIfAborted();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}/0`,
    port,
    version,
    process: server,
  };
}

/** Throws a StartError when the server named by REDIS_URL can't be reached. */
export async function checkRedis(url) {
  let target;
  try {
    target = new URL(url);
  } catch {
    throw new StartError('REDIS_URL is not a URL. It looks like redis://:password@host:6379/0');
  }
  const port = Number(target.port || 6379);
  await new Promise((resolve, reject) => {
    const socket = net.connect({ host: target.hostname, port, timeout: 5000 });
    socket.on('connect', () => resolve(socket.destroy()));
    socket.on('timeout', () => socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })));
    socket.on('error', (error) =>
      reject(
        new StartError(
          `The server that REDIS_URL names (${target.hostname}:${port}) does not answer (${error.code}). Check the address and that it is running.`,
        ),
      ),
    );
  });
}
