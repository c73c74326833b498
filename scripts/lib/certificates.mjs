// A certificate authority and a server certificate for development, made without the openssl program.
// X.509 v3 (RFC 5280) written as DER by hand: ECDSA P-256, SHA-256.
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIPv4 } from 'node:net';

const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const SERVER_DAYS = 825; // the longest that current TLS clients accept from a private authority

const lengthOf = (n) => {
  if (n < 128) return Buffer.from([n]);
  const bytes = [];
  for (let rest = n; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
};
const der = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
};
const sequence = (...parts) => der(0x30, ...parts);
const octets = (content) => der(0x04, content);
const boolean = (value) => der(0x01, Buffer.from([value ? 0xff : 0]));
const bits = (content, unused = 0) => der(0x03, Buffer.from([unused]), content);

const oid = (text) => {
  const [first, second, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const group = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) group.unshift((left & 0x7f) | 0x80);
    bytes.push(...group);
  }
  return der(0x06, Buffer.from(bytes));
};

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const nameOf = (commonName) =>
  sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));
// UTCTime holds years up to 2049 (RFC 5280, 4.1.2.5.1).
const time = (date) => der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
const extension = (id, critical, value) =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));

const ipBytes = (address) => {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head, tail = ''] = address.split('::');
  const groups = (text) => (text === '' ? [] : text.split(':').map((g) => Number.parseInt(g, 16)));
  const [left, right] = [groups(head), groups(tail)];
  const all = [...left, ...Array(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap((g) => [g >> 8, g & 0xff]));
};
const alternativeNames = ({ names, addresses }) =>
  sequence(
    ...names.map((name) => der(0x82, Buffer.from(name))),
    ...addresses.map((address) => der(0x87, ipBytes(address))),
  );

const keyId = (spki) => createHash('sha1').update(spki).digest(); // an identifier (RFC 7093), not a protection
const pem = (label, content) =>
  `-----BEGIN ${label}-----\n${content.toString('base64').replace(/(.{64})(?!$)/g, '$1\n')}\n-----END ${label}-----\n`;

function issue({ subject, publicKey, issuer, issuerKey, issuerSpki, days, isAuthority, alternatives }) {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const serial = randomBytes(16);
  serial[0] = (serial[0] & 0x7f) | 0x40; // positive, without leading zero bytes
  const now = Date.now();
  const extensions = [
    extension('2.5.29.19', true, sequence(...(isAuthority ? [boolean(true)] : []))),
    // keyCertSign + cRLSign for the authority, digitalSignature for the server
    extension('2.5.29.15', true, isAuthority ? bits(Buffer.from([0x06]), 1) : bits(Buffer.from([0x80]), 7)),
    extension('2.5.29.14', false, octets(keyId(spki))),
    extension('2.5.29.35', false, sequence(der(0x80, keyId(issuerSpki ?? spki)))),
    ...(isAuthority ? [] : [extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1')))]),
    ...(alternatives ? [extension('2.5.29.17', false, alternativeNames(alternatives))] : []),
  ];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(time(new Date(now - DAY_MS)), time(new Date(now + days * DAY_MS))),
    nameOf(subject),
    spki,
    der(0xa3, sequence(...extensions)),
  );
  return pem('CERTIFICATE', sequence(body, ECDSA_SHA256, bits(sign('sha256', body, issuerKey))));
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyPem = (key) => key.export({ type: 'pkcs8', format: 'pem' });

/** { cert, key } in PEM: a new authority named `subject`. */
export function makeAuthority(subject) {
  const { publicKey, privateKey } = newKeys();
  const cert = issue({
    subject,
    publicKey,
    issuer: subject,
    issuerKey: privateKey,
    days: CA_DAYS,
    isAuthority: true,
  });
  return { cert, key: keyPem(privateKey) };
}

/** { cert, key } in PEM: a server certificate for the host names and IP addresses, signed by `authority`. */
export function makeServerCertificate(authority, { names, addresses }) {
  const { publicKey, privateKey } = newKeys();
  const parent = new X509Certificate(authority.cert);
  const cert = issue({
    subject: names[0],
    publicKey,
    issuer: /CN=(.*)/.exec(parent.subject)[1],
    issuerKey: createPrivateKey(authority.key),
    issuerSpki: parent.publicKey.export({ type: 'spki', format: 'der' }),
    days: SERVER_DAYS,
    isAuthority: false,
    alternatives: { names, addresses },
  });
  return { cert, key: keyPem(privateKey) };
}

/** Whether a certificate (PEM) ends within `days`, or can't be read at all. */
export function endsWithin(cert, days) {
  try {
    return new Date(new X509Certificate(cert).validTo).getTime() - Date.now() < days * DAY_MS;
  } catch {
    return true;
  }
}
