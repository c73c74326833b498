/** A repeat that stands closer to the first than this is two equal lines on purpose. */
const MIN_BETWEEN = 16;

/**
 * rsyslog (seen with 8.2302) sends one message twice when its queue has gone to disk while we were away: as the first of
 * its new session and, thousands of messages later, again as the last of that worker, both on a healthy connection and
 * both acknowledged. This knows the second one. It is asked about sessions that were opened soon after our start only.
 */
export class FirstRepeated {
  private first: Buffer | undefined;
  private between = 0;

  /** Whether the message is the session's first one again; true once. */
  takes(message: Buffer): boolean {
    if (this.first === undefined) {
      this.first = Buffer.from(message);
      return false;
    }
    if (!message.equals(this.first)) {
      this.between++;
      return false;
    }
    if (this.between < MIN_BETWEEN) {
      // Equal lines come in rows: that this one is repeated says nothing.
      this.between = -Infinity;
      return false;
    }
    this.between = -Infinity;
    return true;
  }
}
