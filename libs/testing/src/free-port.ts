import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below what Linux gives to outgoing connections, any of which could take a port between this look and its use.
const FIRST = 10_000;
const LAST = 32_000;

/** A TCP port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
