import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { createServer } from 'node:tls';
import { CertificateError } from './certificate-error.js';
import { StreamListener } from './stream-listener.js';

const HANDSHAKE_MS = 10_000;

function readPem(setting: string, file: string | undefined): Buffer {
  if (file === undefined) throw new CertificateError(`${setting} is not set`);
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new CertificateError(`${setting} names a file that can’t be read`, { cause });
  }
}

/** Syslog over TLS (RFC 5425): the framing of TCP below TLS 1.2 or later. */
export class SyslogTlsSource extends StreamListener {
  private certFile: string | undefined;
  private keyFile: string | undefined;

  /** PEM files of the server's certificate (with its chain) and key. */
  withCertificate(certFile: string | undefined, keyFile: string | undefined): this {
    this.certFile = certFile;
    this.keyFile = keyFile;
    return this;
  }

  protected createServer(): Server {
    const cert = readPem('SYSLOG_TLS_CERT_FILE', this.certFile);
    const key = readPem('SYSLOG_TLS_KEY_FILE', this.keyFile);
    try {
      const server = createServer(
        { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS },
        (socket) => this.serve(socket),
      );
      // Limits count from the bare connection on: handshakes are what is dear.
      server.prependListener('connection', (socket) => void this.admit(socket));
      server.on('tlsClientError', (error, socket) => {
        this.closed('tls_handshake');
        this.failed('handshake', error);
        socket.destroy();
      });
      return server;
    } catch (cause) {
      throw new CertificateError('the certificate and key of syslog/TLS don’t go together', { cause });
    }
  }
}
