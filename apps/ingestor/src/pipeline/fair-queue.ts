/** First in, first out within a lane; lanes take turns, so that a long lane does not hold up the others. */
export class FairQueue<T> {
  private readonly lanes = new Map<string, T[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  push(lane: string, item: T): void {
    const items = this.lanes.get(lane);
    if (items === undefined) this.lanes.set(lane, [item]);
    else items.push(item);
    this.count++;
  }

  /** The next item of the lane whose turn it is. A Map keeps insertion order: the lane goes to the end of the line. */
  shift(): T | undefined {
    for (const [lane, items] of this.lanes) {
      const item = items.shift();
      this.lanes.delete(lane);
      if (items.length > 0) this.lanes.set(lane, items);
      this.count--;
      return item;
    }
    return undefined;
  }

  /** Takes out everything that `wanted` says yes to, in the order of each lane. */
  takeAll(wanted: (item: T) => boolean): { lane: string; item: T }[] {
    const taken: { lane: string; item: T }[] = [];
    for (const [lane, items] of this.lanes) {
      const kept: T[] = [];
      for (const item of items) {
        if (wanted(item)) taken.push({ lane, item });
        else kept.push(item);
      }
      if (kept.length > 0) this.lanes.set(lane, kept);
      else this.lanes.delete(lane);
    }
    this.count -= taken.length;
    return taken;
  }
}
