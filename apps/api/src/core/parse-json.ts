/** The value of a JSON text, or undefined for anything else; a schema has the last word. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
