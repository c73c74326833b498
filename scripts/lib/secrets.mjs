// Secrets that the embedded set-up makes at its first start, each in a file of mode 600 under DATA_DIR/secrets.
import { createECDH, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { endsWithin, makeAuthority, makeServerCertificate } from './certificates.mjs';

const random = () => randomBytes(32).toString('base64url');

/** Writes whole or not at all: a start cut off in the middle leaves no empty secret behind. */
function writeSecret(file, content, mode = 0o600) {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, content, { mode });
  renameSync(fresh, file);
}

function keep(file, make) {
  if (!existsSync(file)) writeSecret(file, make());
  return readFileSync(file, 'utf8').trim();
}

function folder(path, mode = 0o700) {
  mkdirSync(path, { recursive: true, mode });
  chmodSync(path, mode);
  return path;
}

/** The password of an embedded server, made when it is first asked for. */
export const serverPassword = (dataDir, server) =>
  keep(join(folder(join(dataDir, 'secrets')), `${server}-password`), random);

/** VAPID (RFC 8292) key pair: P-256, raw, base64url. */
export function makeVapidKeys() {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const scalar = Buffer.alloc(32);
  keys.getPrivateKey().copy(scalar, 32 - keys.getPrivateKey().length);
  return { publicKey: keys.getPublicKey().toString('base64url'), privateKey: scalar.toString('base64url') };
}

function provideVapid(dir) {
  const [publicFile, privateFile] = [join(dir, 'vapid-public-key'), join(dir, 'vapid-private-key')];
  if (!existsSync(publicFile) || !existsSync(privateFile)) {
    const { publicKey, privateKey } = makeVapidKeys();
    writeSecret(privateFile, privateKey);
    writeSecret(publicFile, publicKey);
  }
  return { VAPID_PUBLIC_KEY_FILE: publicFile, VAPID_PRIVATE_KEY_FILE: privateFile };
}

/** Names that a sender on this machine or network may check the certificate against. */
const certificateNames = () => ({
  names: [...new Set(['localhost', hostname()])].filter((n) => /^[\x21-\x7e]{1,64}$/.test(n)),
  addresses: ['127.0.0.1', '::1'],
});

// The certificates are for senders to read (rsyslog runs as another user); the keys are not.
function provideCertificate(dir) {
  const file = (name) => join(dir, name);
  const read = (name) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
  let authority = { cert: read('ca.crt'), key: read('ca.key') };
  const newAuthority = authority.key === '' || endsWithin(authority.cert, 30);
  if (newAuthority) {
    authority = makeAuthority(`Parapet development CA (${hostname()})`.slice(0, 64));
    writeSecret(file('ca.key'), authority.key);
    writeSecret(file('ca.crt'), authority.cert, 0o644);
  }
  if (newAuthority || read('server.key') === '' || endsWithin(read('server.crt'), 30)) {
    const server = makeServerCertificate(authority, certificateNames());
    writeSecret(file('server.key'), server.key);
    writeSecret(file('server.crt'), server.cert, 0o644);
  }
  return { SYSLOG_TLS_CERT_FILE: file('server.crt'), SYSLOG_TLS_KEY_FILE: file('server.key') };
}

/**
 * Makes what isn't there and what `env` doesn't bring. Returns the settings (all of them file names) to pass on,
 * and whether this was the first time.
 */
export function provideSecrets(dataDir, env) {
  const has = (name) => Boolean(env[name]) || Boolean(env[`${name}_FILE`]);
  const dir = folder(join(dataDir, 'secrets'));
  const first = !existsSync(join(dir, 'jwt-secret'));
  const settings = {};
  for (const [name, file] of [
    ['JWT_SECRET', 'jwt-secret'],
    ['CSRF_SECRET', 'csrf-secret'],
  ]) {
    if (has(name)) continue;
    keep(join(dir, file), random);
    settings[`${name}_FILE`] = join(dir, file);
  }
  if (!has('VAPID_PUBLIC_KEY') && !has('VAPID_PRIVATE_KEY')) Object.assign(settings, provideVapid(dir));
  if (!env.SYSLOG_TLS_CERT_FILE && !env.SYSLOG_TLS_KEY_FILE)
    Object.assign(settings, provideCertificate(folder(join(dataDir, 'tls'), 0o755)));
  return { settings, first };
}
