import type { Socket } from 'node:net';
import { MAX_PROXY_HEADER_BYTES, readProxyHeader } from '@parapet/normalize';

/**
 * Reads the PROXY header that a trusted proxy may send before everything else. `ready` gets the client's address
 * (undefined: the proxy named none) with the socket paused and what follows the header unread; `broken` gets why the
 * header is none. Exactly one is called, unless the connection closes first.
 */
export function readClientAddress(
  socket: Socket,
  ready: (address: string | undefined) => void,
  broken: (reason: string) => void,
): void {
  let held: Buffer = Buffer.alloc(0);
  const leave = (unread: Buffer) => {
    socket.pause();
    socket.off('data', onData);
    socket.off('end', onEnd);
    if (unread.length > 0) socket.unshift(unread);
  };
  const onData = (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const header = readProxyHeader(held);
    if (header.kind === 'partial' && held.length < MAX_PROXY_HEADER_BYTES) return;
    leave(header.kind === 'header' ? held.subarray(header.length) : held);
    if (header.kind === 'header') ready(header.address);
    else if (header.kind === 'none') ready(undefined);
    else broken(header.kind === 'invalid' ? `PROXY header: ${header.reason}` : 'PROXY header without an end');
  };
  // A sender that ends in the middle of what could have been a header has sent a short line.
  const onEnd = () => {
    leave(Buffer.alloc(0));
    broken('ended within a PROXY header');
  };
  socket.on('data', onData);
  socket.on('end', onEnd);
}
