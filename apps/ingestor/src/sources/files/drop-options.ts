import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const optionsSchema = z.object({
  type: z.string().optional(),
  timeZone: z.string().optional(),
  /** Whoever put the file in waits for `resultPath`, and removes it. */
  report: z.boolean().default(false),
});
export type DropOptions = z.infer<typeof optionsSchema>;

/** Where `<name>`'s options stand: how to read it (decoder, time zone), written before the file itself is put in. */
export const optionsPath = (dir: string, name: string): string => join(dir, `.${name}.options.json`);

/** The options of a file; none where there is no such file. An unreadable one is an error: the lines would be read wrongly. */
export async function loadOptions(dir: string, name: string): Promise<DropOptions> {
  let text: string;
  try {
    text = await readFile(optionsPath(dir, name), 'utf8');
  } catch {
    return { report: false }; // the usual case
  }
  return optionsSchema.parse(JSON.parse(text));
}

/** Where the outcome is reported, for who asked. */
export const resultPath = (dir: string, name: string): string =>
  join(dir, '.progress', `${name}.result.json`);
