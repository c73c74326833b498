// Checks all settings with libs/config before anything starts: exit 1 with every problem, by name.
import { loadSettings } from '../libs/config/dist/index.js';

try {
  loadSettings();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
