import { EVENT_ACTION } from '@parapet/contracts';
import type { Meaning } from './message-form.js';

const A = EVENT_ACTION;

/** Log-ins to services. */
export const LOGIN_FAILED: Meaning = {
  category: 'authentication',
  type: 'start',
  action: A.userLogin,
  outcome: 'failure',
  severity: 'low',
};
export const LOGIN_SUCCEEDED: Meaning = {
  category: 'authentication',
  type: 'start',
  action: A.userLogin,
  outcome: 'success',
};
/** About a failed attempt that another line of the program counts. */
export const LOGIN_WITNESS: Meaning = {
  category: 'authentication',
  type: 'info',
  action: A.loginWitness,
  outcome: 'failure',
  severity: 'low',
};
export const LOGGED_OUT: Meaning = { category: 'authentication', type: 'end', action: A.userLogout };
export const SESSION_OPENED: Meaning = {
  category: 'session',
  type: 'start',
  action: A.sessionOpened,
  outcome: 'success',
};
export const SESSION_CLOSED: Meaning = {
  category: 'session',
  type: 'end',
  action: A.sessionClosed,
  outcome: 'success',
};

/** Connections. */
export const CONNECTED: Meaning = { category: 'network', type: 'start', action: A.connection };
export const DISCONNECTED: Meaning = { category: 'network', type: 'end', action: A.connection };
export const REFUSED: Meaning = {
  category: 'network',
  type: 'denied',
  action: A.connectionDenied,
  outcome: 'failure',
  severity: 'low',
};
export const BROKE_PROTOCOL: Meaning = {
  category: 'network',
  type: 'protocol',
  action: A.protocolFailure,
  outcome: 'failure',
  severity: 'low',
};
export const DNS_DENIED: Meaning = {
  category: 'network',
  type: 'denied',
  action: A.dnsDenied,
  outcome: 'failure',
  severity: 'low',
};
export const PORT_SCAN: Meaning = {
  category: 'intrusion_detection',
  type: 'info',
  action: A.portScan,
  severity: 'medium',
};

/** Mail. */
export const MAIL_REJECTED: Meaning = {
  category: 'email',
  type: 'denied',
  action: A.mailRejected,
  outcome: 'failure',
  severity: 'low',
};
export const MAIL_ACCEPTED: Meaning = {
  category: 'email',
  type: 'info',
  action: A.mailAccepted,
  outcome: 'success',
};

/** What a queue says of a message on its way. */
export const MAIL_QUEUED: Meaning = { category: 'email', type: 'info', action: A.mailAccepted };

/** Programs and policies of a host. */
export const COMMAND_RUN: Meaning = {
  category: 'process',
  type: 'start',
  action: A.commandRun,
  outcome: 'success',
};
export const COMMAND_REFUSED: Meaning = {
  category: 'process',
  type: 'denied',
  action: A.commandRun,
  outcome: 'failure',
  severity: 'low',
};
export const SERVICE_STARTED: Meaning = { category: 'process', type: 'start', action: A.serviceStarted };
export const SERVICE_STOPPED: Meaning = { category: 'process', type: 'end', action: A.serviceStopped };
export const POLICY_DENIED: Meaning = {
  category: 'process',
  type: 'denied',
  action: A.policyDenied,
  outcome: 'failure',
  severity: 'low',
};
export const POLICY_ALLOWED: Meaning = {
  category: 'process',
  type: 'allowed',
  action: A.policyAllowed,
  outcome: 'success',
};
