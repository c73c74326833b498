import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { IngestorSettings } from '../../tokens.js';
import { CertificateError } from '../certificate-error.js';

/** PEM: our certificate with its chain, and its key. */
export interface ServerCertificate {
  cert: Buffer;
  key: Buffer;
}

function readPem(setting: string, file: string | undefined): Buffer {
  if (file === undefined) throw new CertificateError(`${setting} is not set`);
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new CertificateError(`${setting} names a file that can’t be read`, { cause });
  }
}

/** The certificate that all our TLS listeners show. @throws CertificateError */
export function readServerCertificate(settings: IngestorSettings): ServerCertificate {
  const cert = readPem('SYSLOG_TLS_CERT_FILE', settings.SYSLOG_TLS_CERT_FILE);
  const key = readPem('SYSLOG_TLS_KEY_FILE', settings.SYSLOG_TLS_KEY_FILE);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new CertificateError('the certificate and key don’t go together', { cause });
  }
  return { cert, key };
}
