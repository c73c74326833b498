import { MARK_KEY } from '../windows/window.js';
import type { FailedLogin, Login } from './subjects.js';
import type { Sighting } from './detector.js';

/** A failed login of an address, counted by attempts. */
export const attemptFrom = ({ event, time, address, key, cls, weight }: FailedLogin): Sighting => ({
  group: { 'source.ip': address },
  observation: { id: event.id, time, key, cls, weight },
});

/** A failed login of a user who exists (as far as the log says), counted by addresses. */
export function addressAgainst({ event, time, address, user, invalidUser }: FailedLogin): Sighting | null {
  if (user === null || invalidUser) return null;
  return {
    group: { 'user.name': user },
    observation: { id: event.id, time, key: address, cls: '', weight: 1 },
  };
}

/** A login that may end what was counted before it. */
export const markOf = ({ event, time }: Login, group: Record<string, string>): Sighting => ({
  group,
  observation: { id: event.id, time, key: MARK_KEY, cls: '', weight: 0 },
});
