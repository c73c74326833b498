// Chromium for the browser tests: from PATH, else from the package manager when root.
import { lastLines } from './command.mjs';
import { findProgram, installWithManager } from './redis.mjs';
import { StartError } from './say.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PACKAGES = {
  'apt-get': [['install', '-y', '--no-install-recommends', 'chromium']],
  dnf: [['install', '-y', 'chromium']],
  apk: [['add', '--no-cache', 'chromium']],
};

/** The path of a Chromium; CHROMIUM_PATH wins. A StartError names the remedy. */
export async function provideChromium({ env = process.env, onInstall = () => {} } = {}) {
  const known = env.CHROMIUM_PATH || findProgram(NAMES, env);
  if (known) return known;
  if (process.getuid?.() === 0) onInstall();
  const { output } = await installWithManager(PACKAGES);
  const installed = findProgram(NAMES, env);
  if (installed) return installed;
  throw new StartError(
    `Chromium was not found on PATH; the browser tests need it. Install it (Debian: \`sudo apt-get install chromium\`), or set CHROMIUM_PATH.${output ? `\n${lastLines(output, 8)}` : ''}`,
  );
}
