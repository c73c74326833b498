/** The page of an ATT&CK technique; sub-techniques (`T1110.001`) lie below their technique. */
export function techniqueUrl(id: string): string {
  return `https://attack.mitre.org/techniques/${id.split('.').map(encodeURIComponent).join('/')}/`;
}
