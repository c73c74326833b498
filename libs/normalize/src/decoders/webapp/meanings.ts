import { EVENT_ACTION } from '@parapet/contracts';
import type { Meaning } from '../message-form.js';

/** A step of a log-in that another line ends. */
export const LOGIN_STEP: Meaning = {
  category: 'authentication',
  type: 'info',
  action: EVENT_ACTION.loginWitness,
  outcome: 'unknown',
};
/** An application shut a client out, or slowed it, after attempts that have lines of their own. */
export const LOGIN_LIMITED: Meaning = {
  category: 'authentication',
  type: 'denied',
  action: EVENT_ACTION.loginWitness,
  outcome: 'failure',
  severity: 'low',
};
/** A request that the application refused. */
export const REQUEST_DENIED: Meaning = {
  category: 'web',
  type: 'denied',
  action: EVENT_ACTION.webDenied,
  outcome: 'failure',
  severity: 'low',
};
export const APPLICATION_EVENT: Meaning = {
  category: 'web',
  type: 'info',
  action: EVENT_ACTION.applicationEvent,
};
export const USER_ADDED: Meaning = {
  category: 'iam',
  type: 'creation',
  action: EVENT_ACTION.userAdded,
  outcome: 'success',
};
export const USER_DELETED: Meaning = {
  category: 'iam',
  type: 'deletion',
  action: EVENT_ACTION.userDeleted,
  outcome: 'success',
};
