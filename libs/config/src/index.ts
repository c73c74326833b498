export { loadSettings } from './load-settings.js';
export { dataPath, settingsSchema, type Settings } from './settings.js';
export { testServers, type TestServers } from './test-servers.js';
