// Every REST operation. OpenAPI, the boot check of the API and the isolation test walk this list.
export { login, refresh, logout, me } from './auth.js';
export { listEvents, getEvent, eventHistogram } from './events.js';
export { listAlerts, getAlert, updateAlert, streamAlerts } from './alerts.js';
export {
  listSources,
  getSource,
  createSource,
  updateSource,
  renewSourceToken,
  deleteSource,
} from './sources.js';
export { listDetectors, getDetector, updateDetector } from './detectors.js';
export { getDashboard } from './dashboard.js';
export {
  listChannels,
  createChannel,
  updateChannel,
  deleteChannel,
  renewChannelSecret,
  testChannel,
  getPushKey,
  listPushSubscriptions,
  createPushSubscription,
  deletePushSubscription,
  testPushSubscription,
} from './notifications.js';
export { listAssets, getAsset, createAsset, updateAsset, deleteAsset, importAssets } from './assets.js';
export {
  listParsers,
  listBuiltinParsers,
  getParser,
  createParser,
  updateParser,
  deleteParser,
  testParser,
} from './parsers.js';
export { parseLogs } from './logs.js';
export { listApiKeys, createApiKey, revokeApiKey } from './api-keys.js';
export {
  listBlocklist,
  createBlock,
  deleteBlock,
  getBlocklistSettings,
  updateBlocklistSettings,
  renewBlocklistToken,
  deleteBlocklistToken,
  listAllowed,
  createAllowed,
  deleteAllowed,
  fetchBlocklist,
} from './blocklist.js';
export {
  listIntelFeeds,
  getIntelFeed,
  createIntelFeed,
  updateIntelFeed,
  deleteIntelFeed,
  refreshIntelFeed,
  uploadIntelFeed,
  previewIntelFeed,
  listIntelIndicators,
  lookupIntel,
  listIntelAllowed,
  createIntelAllowed,
  deleteIntelAllowed,
} from './intel.js';
export { listDeadLetters, replayDeadLetters } from './dead-letters.js';
export {
  listRules,
  getRule,
  createRules,
  replaceRule,
  updateRule,
  deleteRule,
  listRuleVersions,
  restoreRule,
  testRules,
  importRules,
} from './rules.js';
export { listQuarantine, listTenants, assignSender } from './platform.js';
