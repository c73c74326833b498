import { defineConfig } from 'prisma/config';

// Only `prisma generate` and, where its schema engine is available, `prisma migrate deploy` read this file;
// the services connect through libs/db.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://unset' },
});
