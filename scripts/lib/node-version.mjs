import { StartError } from './say.mjs';

const NEEDED = [20, 19];

/** Throws when this Node.js is older than package.json's `engines` asks for. */
export function checkNodeVersion(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return version;
  throw new StartError(
    `Node.js ${version} is too old: Parapet needs ${NEEDED.join('.')} or later. Install a current one from https://nodejs.org/ and start again.`,
  );
}
