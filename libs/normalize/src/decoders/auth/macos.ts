import { EVENT_ACTION } from '@parapet/contracts';
import {
  LOGGED_OUT,
  LOGIN_FAILED,
  LOGIN_SUCCEEDED,
  POLICY_ALLOWED,
  POLICY_DENIED,
  SESSION_CLOSED,
  SESSION_OPENED,
} from '../meanings.js';
import { form } from '../message-form.js';
import { serviceDecoder } from '../service-decoder.js';

/** What unified logging puts before a message: "(library) [subsystem:category] ", and an Objective-C method. */
const LEAD = /^(?:\([A-Za-z0-9_.-]{1,60}\) )?(?:\[[A-Za-z0-9_.-]{1,100}:[A-Za-z0-9_ .-]{1,60}\] )?/;

/** Screen sharing, the privacy database (TCC), the login window and sessions of macOS. */
export const macos = serviceDecoder({
  name: 'macos',
  types: ['screensharingd', 'macosx'],
  programs: [
    'screensharingd',
    'tccd',
    'loginwindow',
    'securityd',
    'sessionlogoutd',
    'authd',
    'opendirectoryd',
  ],
  forms: [
    // The name may hold " :: " itself; the address and the type are the last words.
    form(
      LOGIN_FAILED,
      '^Authentication: FAILED :: User Name: <user> :: Viewer Address: <ip> :: Type: [^:]{1,40}$',
    ),
    form(
      LOGIN_SUCCEEDED,
      '^Authentication: SUCCEEDED :: User Name: <user> :: Viewer Address: <ip> :: Type: [^:]{1,40}$',
    ),
    form(
      POLICY_ALLOWED,
      '^Update Access Record: (?<reason>kTCCService\\w{1,60} for \\S{1,200} to Allowed).{0,100}$',
    ),
    form(
      POLICY_DENIED,
      '^Update Access Record: (?<reason>kTCCService\\w{1,60} for \\S{1,200} to (?:Denied|\\w{1,20})).{0,100}$',
    ),
    form(
      { category: 'session', type: 'info', action: EVENT_ACTION.sessionClosed, outcome: 'success' },
      '^.{0,200}sendBSDNotification: com\\.apple\\.sessionagent\\.screenIs(?:Locked|Unlocked), with userID:\\d{1,10}$',
    ),
    form(SESSION_OPENED, '^0x[0-9a-f]{1,16} Session \\d{1,10} created, uid:\\d{1,10} sessionId:\\d{1,10}$'),
    form(SESSION_CLOSED, '^0x[0-9a-f]{1,16} Session \\d{1,10} destroyed$'),
    form(LOGGED_OUT, '^.{0,200}sessionlogoutd telling session agent, logout is complete\\.$'),
    form(
      LOGIN_FAILED,
      "^(?:Failed to authenticate user|Failed to authorize right) .{0,60}?'?<user>'?(?: .{0,200})?$",
    ),
  ],
  lead: LEAD,
  after(message, fields) {
    const uid = /(?:uid:|userID:)(\d{1,10})/.exec(message);
    if (uid) fields['user.id'] = uid[1];
  },
});
