import { frameText } from '@parapet/normalize';
import type { Transport } from './route.js';

/** What an unknown sender sent since it was last written down. */
export interface QuarantinedFrames {
  address: string;
  transport: Transport;
  events: number;
  samples: string[];
  /** Epoch ms. */
  firstSeen: number;
  lastSeen: number;
}

export const MAX_SAMPLES = 10;
export const MAX_SAMPLE_BYTES = 1024;
const MAX_SENDERS = 10_000;

/**
 * Senders that no tenant claims, in memory until they are written down: counts and a bounded sample for each. Source
 * addresses of datagrams are easily forged, so their number is bounded as well; beyond it frames are only counted.
 */
export class Quarantine {
  private senders = new Map<string, QuarantinedFrames>();

  constructor(private readonly maxSenders = MAX_SENDERS) {}

  /** Whether the frame found a place; the caller counts the drop either way. */
  add(address: string, transport: Transport, frame: Buffer, now: number): boolean {
    const key = `${transport} ${address}`;
    let sender = this.senders.get(key);
    if (sender === undefined) {
      if (this.senders.size >= this.maxSenders) return false;
      sender = { address, transport, events: 0, samples: [], firstSeen: now, lastSeen: now };
      this.senders.set(key, sender);
    }
    sender.events++;
    sender.lastSeen = now;
    if (sender.samples.length < MAX_SAMPLES) {
      sender.samples.push(frameText(frame.subarray(0, MAX_SAMPLE_BYTES)).text);
    }
    return true;
  }

  /** Hands out all and starts anew. */
  take(): QuarantinedFrames[] {
    const taken = [...this.senders.values()];
    this.senders = new Map();
    return taken;
  }

  /** Takes back what could not be written down. */
  putBack(frames: readonly QuarantinedFrames[]): void {
    for (const old of frames) {
      const key = `${old.transport} ${old.address}`;
      const since = this.senders.get(key);
      if (since === undefined) {
        if (this.senders.size < this.maxSenders) this.senders.set(key, old);
        continue;
      }
      since.events += old.events;
      since.firstSeen = Math.min(since.firstSeen, old.firstSeen);
      since.samples = [...old.samples, ...since.samples].slice(0, MAX_SAMPLES);
    }
  }
}
