export { ACCESS_TOKEN, hasAccessHeader, readAccessClaims, type AccessClaims } from './access-token.js';
export { apiKeyPrefix, hashApiKey, isApiKey, newApiKey } from './api-key.js';
export { hashPassword, needsRehash, verifyPassword } from './passwords.js';
export {
  formatRefreshToken,
  hashRefreshSecret,
  newRefreshSecret,
  nextRefreshSecret,
  parseRefreshToken,
  type RefreshToken,
} from './refresh-token.js';
