const LF = 10;
const CR = 13;

/** The lines of a body without their ends, as views; empty ones are left out. */
export function* lines(body: Buffer): Generator<Buffer> {
  let from = 0;
  while (from < body.length) {
    const found = body.indexOf(LF, from);
    const next = found === -1 ? body.length : found;
    const end = body[next - 1] === CR ? next - 1 : next;
    if (end > from) yield body.subarray(from, end);
    from = next + 1;
  }
}
