import { ApiClient } from './client.js';

const REFRESHED_AT = 'parapet.refreshedAt';

/** The client of this page, on the browser's own fetch, locks and storage. */
export const api = new ApiClient({
  fetch: (input, init) => fetch(input, init),
  // Web Locks need a secure context; without one, tabs refresh on their own and the server's grace period covers it.
  lock: async (name, task) =>
    'locks' in navigator ? await navigator.locks.request(name, task) : await task(),
  refreshedAt: {
    get: () => Number(localStorage.getItem(REFRESHED_AT) ?? 0),
    set: (at) => localStorage.setItem(REFRESHED_AT, String(at)),
  },
  now: () => Date.now(),
});

export { ApiError, isAbort, toApiError } from './errors.js';
