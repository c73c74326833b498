import type { Writable } from 'node:stream';

const BLOCK = 64 * 1024;

/** Writes text in blocks and waits while the reader is behind. */
export interface Write {
  /** False when the reader has gone (`parapet parse | head`): there is nobody to write to, which is no failure. */
  (text: string): Promise<boolean>;
  /** Writes out what is left. */
  end(): Promise<boolean>;
}

export function writer(output: Writable): Write {
  let block = '';
  let failure: unknown;
  let gone = false;
  output.on('error', (error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') gone = true;
    else failure = error;
  });
  const flush = async (): Promise<boolean> => {
    const text = block;
    block = '';
    if (text !== '' && !gone) {
      await new Promise<void>((resolve) => output.write(text, () => resolve()));
      // The error event follows the callback in the same turn of the loop.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (failure !== undefined) throw failure;
    return !gone;
  };
  const write = async (text: string): Promise<boolean> => {
    block += text;
    return block.length < BLOCK ? !gone : flush();
  };
  return Object.assign(write, { end: flush });
}
