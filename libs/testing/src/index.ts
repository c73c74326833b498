export {
  anApiKey,
  anEvent,
  aSource,
  aTenant,
  aUser,
  storedEvent,
  type TestTenant,
  type TestUser,
} from './factories.js';
export { createEmptyDatabase, createTestDatabase, type TestDatabase } from './test-database.js';
export { createTestRedis, type TestRedis } from './test-redis.js';
export { waitFor, WaitTimeoutError } from './wait-for.js';
export { freePort } from './free-port.js';
