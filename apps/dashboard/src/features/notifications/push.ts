/** Why this browser can or can't get push messages. */
export type PushAbility = 'ready' | 'insecure' | 'ios-needs-install' | 'unsupported';

interface BrowserFacts {
  secure: boolean;
  serviceWorker: boolean;
  pushManager: boolean;
  notification: boolean;
  ios: boolean;
  standalone: boolean;
}

/** What the browser is able to do. iOS has push only for web apps on the home screen (since 16.4). */
export function abilityOf(facts: BrowserFacts): PushAbility {
  if (!facts.secure) return 'insecure';
  if (facts.ios && !facts.standalone) return 'ios-needs-install';
  return facts.serviceWorker && facts.pushManager && facts.notification ? 'ready' : 'unsupported';
}

/** The applicationServerKey as bytes, from unpadded base64url (RFC 8292 section 3.2). */
export function keyBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** Whether a subscription was made with this key; with another one the server's messages would be refused. */
export function sameKey(a: ArrayBuffer | null, b: Uint8Array): boolean {
  const bytes = new Uint8Array(a ?? new ArrayBuffer(0));
  return bytes.length === b.length && bytes.every((byte, index) => byte === b[index]);
}

/** A name for this browser in the list of subscriptions: `Firefox on Linux`. */
export function labelOf(userAgent: string): string {
  const browsers: [string, RegExp][] = [
    ['Edge', /Edg/],
    ['Opera', /OPR/],
    ['Firefox', /Firefox|FxiOS/],
    ['Chrome', /Chrom(e|ium)|CriOS/],
    ['Safari', /Safari/],
  ];
  const systems: [string, RegExp][] = [
    ['Android', /Android/],
    ['iPhone or iPad', /iPhone|iPad/],
    ['Windows', /Windows/],
    ['macOS', /Mac OS X/],
    ['Linux', /Linux|X11/],
  ];
  const find = (list: [string, RegExp][], fallback: string) =>
    list.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? fallback;
  return `${find(browsers, 'Browser')} on ${find(systems, 'an unknown system')}`;
}
