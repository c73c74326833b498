import { createServer, type Server } from 'node:net';
import { StreamListener } from './stream-listener.js';

/** Syslog over TCP (RFC 6587): octet counting or newline framing, told apart by connection. */
export class SyslogTcpSource extends StreamListener {
  protected createServer(): Server {
    return createServer((socket) => {
      if (this.admit(socket)) this.serve(socket);
    });
  }
}
