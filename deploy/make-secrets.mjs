// Makes the secrets that docker-compose.yml mounts, in deploy/secrets; keeps those that are there.
//   node deploy/make-secrets.mjs
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { makeAuthority, makeServerCertificate } from '../scripts/lib/certificates.mjs';
import { makeVapidKeys } from '../scripts/lib/secrets.mjs';

const dir = fileURLToPath(new URL('secrets/', import.meta.url));
mkdirSync(dir, { recursive: true });
chmodSync(dir, 0o700); // the files below must be readable in the containers, so the folder is what keeps others out

const has = (name) => existsSync(join(dir, name));
const put = (name, content) => {
  writeFileSync(join(dir, name), content);
  chmodSync(join(dir, name), 0o644);
};
const keep = (name, make) => {
  if (!has(name)) put(name, make());
  return readFileSync(join(dir, name), 'utf8').trim();
};
const random = () => randomBytes(32).toString('base64url');

const postgresPassword = keep('postgres-password', random);
const redisPassword = keep('redis-password', random);
keep('database-url', () => `postgresql://postgres:${postgresPassword}@postgres:5432/parapet`);
keep('redis-url', () => `redis://:${redisPassword}@redis:6379/0`);
keep('jwt-secret', random);
keep('csrf-secret', random);
if (!has('vapid-public-key') || !has('vapid-private-key')) {
  const { publicKey, privateKey } = makeVapidKeys();
  put('vapid-public-key', publicKey);
  put('vapid-private-key', privateKey);
}
// A certificate of your own replaces these three files.
if (!has('syslog-tls.crt') || !has('syslog-tls.key')) {
  const authority = makeAuthority(`Parapet CA (${hostname()})`.slice(0, 64));
  const server = makeServerCertificate(authority, {
    names: [...new Set([hostname(), 'localhost'])],
    addresses: ['127.0.0.1', '::1'],
  });
  put('syslog-ca.crt', authority.cert);
  put('syslog-tls.crt', server.cert);
  put('syslog-tls.key', server.key);
}
process.stdout.write(`secrets are in ${dir}\n`);
