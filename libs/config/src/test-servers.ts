import { SettingsError } from '@parapet/errors';

export interface TestServers {
  /** A superuser's URL of a PostgreSQL where tests may make databases and roles. */
  databaseUrl: string;
  /** A Redis whose databases 1–15 tests may flush. */
  redisUrl: string;
}

/** The servers that the tests' global set-up started. @throws SettingsError outside a test run. */
export function testServers(env: Readonly<Record<string, string | undefined>> = process.env): TestServers {
  const names = ['TEST_DATABASE_URL', 'TEST_REDIS_URL'] as const;
  const [databaseUrl, redisUrl] = names.map((name) => env[name]);
  if (databaseUrl === undefined || redisUrl === undefined) {
    throw new SettingsError(
      names
        .filter((name) => env[name] === undefined)
        .map((name) => ({
          name,
          problem: 'is set by the set-up of the integration tests; run them with npm test',
        })),
    );
  }
  return { databaseUrl, redisUrl };
}
