const MAX_CHANNELS = 10_000;

/** Numbers the answers of each channel from 0, as Splunk does. The channels used longest ago are forgotten. */
export class ChannelCounters {
  private readonly counters = new Map<string, number>();

  constructor(private readonly max: number = MAX_CHANNELS) {}

  next(channel: string): number {
    const id = this.counters.get(channel) ?? 0;
    this.counters.delete(channel);
    if (this.counters.size >= this.max) {
      const [oldest] = this.counters.keys();
      if (oldest !== undefined) this.counters.delete(oldest);
    }
    this.counters.set(channel, id + 1);
    return id;
  }
}
