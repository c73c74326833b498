/** Collects the parameters of a statement while its text is put together, so that no value ever is text of it. */
export class Statement {
  readonly params: unknown[] = [];

  /** The placeholder of a value. */
  add(value: unknown): string {
    this.params.push(value);
    return `$${this.params.length}`;
  }
}

/** A pattern for LIKE that matches `text` anywhere, with nothing in it being a wildcard. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
