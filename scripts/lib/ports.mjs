// Which ports are free, and who holds the others.
import dgram from 'node:dgram';
import net from 'node:net';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Resolves to undefined when `port` can be bound, else to the error's code (EADDRINUSE, EACCES, EADDRNOTAVAIL). */
export function bindError(protocol, port, host) {
  return new Promise((resolve) => {
    if (protocol === 'udp') {
      const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
      socket.once('error', (error) => socket.close(() => resolve(error.code)));
      socket.bind(port, host, () => socket.close(() => resolve(undefined)));
      return;
    }
    const server = net.createServer();
    server.once('error', (error) => resolve(error.code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** A port that nobody listens on at this moment. */
export function freePort(host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen({ port: 0, host }, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // gone meanwhile, or another user's: then the holder stays unnamed
  }
};

function socketInodes(protocol, port) {
  const inodes = new Set();
  for (const table of [protocol, `${protocol}6`]) {
    for (const row of read(`/proc/net/${table}`).split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
      if (!local || Number.parseInt(local.split(':')[1], 16) !== port) continue;
      if (protocol === 'tcp' && state !== '0A') continue; // 0A: listening
      inodes.add(inode);
    }
  }
  return inodes;
}

/** The process that holds a port as { pid, command }, where /proc tells; else undefined. */
export function holderOf(protocol, port) {
  const inodes = socketInodes(protocol, port);
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    let descriptors = [];
    try {
      descriptors = readdirSync(`/proc/${pid}/fd`);
    } catch {
      continue; // gone, or another user's
    }
    for (const fd of descriptors) {
      let target = '';
      try {
        target = readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        continue;
      }
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode && inodes.has(inode)) {
        const command =
          read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() || read(`/proc/${pid}/comm`).trim();
        return { pid: Number(pid), command: command.slice(0, 120) };
      }
    }
  }
  return undefined;
}
