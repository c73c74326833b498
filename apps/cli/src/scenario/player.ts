import { connect, type Socket } from 'node:net';
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScenarioFrame } from './render.js';

export interface Target {
  transport: 'tcp' | 'udp';
  host: string;
  port: number;
  /** The local address to send from; it decides whose events they are. */
  sender: string;
}

interface Wire {
  send(frame: string): Promise<void>;
  close(): Promise<void>;
}

async function openTcp(target: Target): Promise<Wire> {
  const socket: Socket = connect({ host: target.host, port: target.port, localAddress: target.sender });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  // Octet counting (RFC 6587 §3.4.1) carries any message whole.
  return {
    send: (frame) =>
      new Promise((resolve, reject) => {
        const body = Buffer.from(frame, 'utf8');
        socket.write(Buffer.concat([Buffer.from(`${body.length} `), body]), (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    close: () => new Promise((resolve) => socket.end(() => resolve())),
  };
}

async function openUdp(target: Target): Promise<Wire> {
  const socket = createSocket(target.sender.includes(':') ? 'udp6' : 'udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, target.sender, () => resolve());
  });
  return {
    send: (frame) =>
      new Promise((resolve, reject) =>
        socket.send(frame, target.port, target.host, (error) => (error ? reject(error) : resolve())),
      ),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/**
 * Sends the lines at `speed` times their own pace. Their times lie at their own pace and end now, so that a
 * scenario played fast is still judged as it would be played slowly. Resolves to how many were sent; rejects with the
 * socket's error.
 */
export async function play(
  frames: readonly ScenarioFrame[],
  target: Target,
  speed: number,
  onSent: (sent: number) => void,
): Promise<number> {
  const wire = await (target.transport === 'tcp' ? openTcp(target) : openUdp(target));
  try {
    const length = frames.at(-1)?.offset ?? 0;
    const began = Date.now();
    const startedAt = began + length / speed - length;
    let sent = 0;
    for (const frame of frames) {
      const wait = began + frame.offset / speed - Date.now();
      if (wait > 0) await sleep(wait);
      await wire.send(frame.frame(startedAt));
      onSent((sent += 1));
    }
    return sent;
  } finally {
    await wire.close();
  }
}
