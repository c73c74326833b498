export const API_BASE = '/api/v1';

function encode(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (Array.isArray(value)) return value.length > 0 ? value.map(String).join(',') : null;
  return String(value);
}

/** `/alerts/:id` and its parameters as an address below the API. Empty values are left out, lists are comma-separated. */
export function urlOf(path: string, params: object = {}, query: object = {}): string {
  const values = new Map<string, unknown>(Object.entries(params));
  const filled = path.replace(/:([a-zA-Z]+)/g, (_, name: string) =>
    encodeURIComponent(String(values.get(name) ?? '')),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const text = encode(value);
    if (text !== null) search.set(name, text);
  }
  const suffix = search.toString();
  return `${API_BASE}${filled}${suffix ? `?${suffix}` : ''}`;
}
