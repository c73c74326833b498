// Four projects: `unit` (no I/O), `integration` (real PostgreSQL and Redis, started by its global
// set-up), `behavior` (log lines in, events and alerts out), `e2e` (the whole product and a browser).
// `npm test` runs all of them.
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: {
    '^@parapet/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/.data/', '/dist/'],
};

const withServers = {
  ...shared,
  globalSetup: '<rootDir>/test/servers/global-setup.mjs',
  globalTeardown: '<rootDir>/test/servers/global-teardown.mjs',
};

export default {
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{libs,apps}/**/src/**/*.spec.ts', '<rootDir>/scripts/**/*.spec.ts'],
    },
    { ...withServers, displayName: 'integration', testMatch: ['<rootDir>/test/integration/**/*.spec.ts'] },
    { ...withServers, displayName: 'behavior', testMatch: ['<rootDir>/test/behavior/**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'],
      globalSetup: '<rootDir>/test/servers/product-setup.mjs',
      globalTeardown: '<rootDir>/test/servers/product-teardown.mjs',
    },
  ],
};
