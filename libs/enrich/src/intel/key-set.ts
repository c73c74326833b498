import type { IntelType } from '@parapet/contracts';
import { mix1, mix2, Slots } from './slots.js';

const TYPES: readonly IntelType[] = ['address', 'domain', 'url', 'file_hash'];

/** Which indicators were seen, by 64 bits of a keyed hash each: 40 bytes an indicator, however long it is. */
export class KeySet {
  private readonly slots: Slots;

  constructor(seed: number) {
    this.slots = new Slots(seed, 0);
  }

  get size(): number {
    return this.slots.size;
  }

  /** Whether it is new. */
  add(type: IntelType, value: string): boolean {
    const { slots } = this;
    const kind = TYPES.indexOf(type);
    let h1 = slots.start1(kind);
    let h2 = slots.start2(kind);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      h1 = mix1(h1, code);
      h2 = mix2(h2, code);
    }
    if (slots.find(h1, h2, 0) !== -1) return false;
    slots.insert(h1, h2, { feed: 0, confidence: 1 });
    return true;
  }

  has(type: IntelType, value: string): boolean {
    const { slots } = this;
    const kind = TYPES.indexOf(type);
    let h1 = slots.start1(kind);
    let h2 = slots.start2(kind);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      h1 = mix1(h1, code);
      h2 = mix2(h2, code);
    }
    return slots.find(h1, h2, 0) !== -1;
  }
}
