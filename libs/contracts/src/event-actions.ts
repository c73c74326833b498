/**
 * `event.action` values that detectors act on. Every event named here whose meaning is a try to log in has
 * `event.category` = 'authentication' and `event.outcome` = 'success' | 'failure'.
 */
export const EVENT_ACTION = {
  /** sshd "Accepted|Failed <method> for …": one attempt each. With `labels.repeat_count` N: N attempts. */
  sshLogin: 'ssh_login',
  /** sshd "Invalid user X from …": a second witness of an attempt whose "Failed …" line follows, or never comes. */
  sshInvalidUser: 'ssh_invalid_user',
  /**
   * sshd "error: PAM: … for X from …". For a valid user an attempt of its own (no "Failed" line need follow);
   * with `labels.invalid_user` = true ("illegal user") only a witness.
   */
  sshPamFailure: 'ssh_pam_failure',
  /** sshd "Failed none for …": the client asks which methods there are. OpenSSH itself does not count it. */
  sshNoneProbe: 'ssh_none_probe',
  /** sshd cut the connection after too many tries, each of which was logged before: a witness. */
  sshMaxAttempts: 'ssh_max_attempts',
  /** sshd's access lists refused a valid user; the "Failed …" line follows: a witness. */
  sshUserRefused: 'ssh_user_refused',
  /** A step of a login that is not its end ("Partial", "Postponed"). `event.outcome` = 'unknown'. */
  sshLoginStep: 'ssh_login_step',
  /** Connections that begin, end or fail around a login; never an attempt. `event.category` = 'network'. */
  sshConnection: 'ssh_connection',
  /** A connection that never spoke SSH properly: banner, version, key exchange, time-out. */
  sshProtocolFailure: 'ssh_protocol_failure',
  /** pam_unix/pam_sss and the like. For `process.name` sshd a witness only; for other services an attempt. */
  pamAuthentication: 'pam_authentication',
  sessionOpened: 'session_opened',
  sessionClosed: 'session_closed',
  /** sudo ran a command (success) or refused it (failure). `user.name` is the caller. */
  sudoCommand: 'sudo_command',
  /** sudo's caller gave wrong passwords; `labels.repeat_count` says how many. */
  sudoAuthentication: 'sudo_authentication',
  suLogin: 'su_login',
  /** A packet filter's verdict on one packet. `event.category` = 'network'. */
  firewallDrop: 'drop',
  firewallReject: 'reject',
  firewallAccept: 'accept',
  /** Logged by a rule whose prefix names no verdict. */
  firewallLog: 'log',
  /** An administrator's command or change of settings. `event.category` = 'configuration'. */
  configurationChange: 'configuration_change',
  /** An intrusion detection signature matched, or a device saw an attack. `event.category` = 'intrusion_detection'. */
  intrusionDetected: 'intrusion_detected',
  /** Malware was found. `event.category` = 'malware'. */
  malwareDetected: 'malware_detected',
  /** A log-in to an application or service: one attempt each, or `labels.repeat_count` attempts. `event.category` = 'authentication'. */
  userLogin: 'user_login',
  userLogout: 'user_logout',
  /** What a service tells of an attempt that another of its lines reports as `user_login`: a witness. */
  loginWitness: 'login_witness',
  /** A connection to a service begins, ends or is refused by it. `event.category` = 'network'. */
  connection: 'connection',
  connectionDenied: 'connection_denied',
  /** A client that broke the service's protocol: TLS, commands, order. */
  protocolFailure: 'protocol_failure',
  /** A mail server took or refused a message, a sender or a recipient. `event.category` = 'email'. */
  mailAccepted: 'mail_accepted',
  mailRejected: 'mail_rejected',
  /** A name server refused a query, a transfer or an update. */
  dnsDenied: 'dns_denied',
  /** Accounts and groups of a host. `event.category` = 'iam'. */
  userAdded: 'user_added',
  userChanged: 'user_changed',
  userDeleted: 'user_deleted',
  groupAdded: 'group_added',
  groupChanged: 'group_changed',
  groupDeleted: 'group_deleted',
  passwordChanged: 'password_changed',
  /** cron, doas and the like ran a command, or refused it. */
  commandRun: 'command_run',
  processCrashed: 'process_crashed',
  serviceStarted: 'service_started',
  serviceStopped: 'service_stopped',
  /** A mandatory access policy (AppArmor, SELinux, polkit, TCC) let something happen or stopped it. */
  policyAllowed: 'policy_allowed',
  policyDenied: 'policy_denied',
  /** A sensor on the host saw a scan of its ports. */
  portScan: 'port_scan',
  /** A host's own defence (fail2ban, active response) shut an address out or let it in again. */
  addressBanned: 'address_banned',
  addressUnbanned: 'address_unbanned',
  deviceAttached: 'device_attached',
  deviceRemoved: 'device_removed',
  /** Windows 4624 and RD Gateway: a logon. One attempt each, as `windowsLogonFailed`. Names are Elastic's. */
  windowsLogon: 'logged-in',
  windowsLogonFailed: 'logon-failed',
  windowsLogoff: 'logged-out',
  /** Windows 4768: a domain controller gave or refused a ticket; 4771: a wrong password. An attempt each; a logon on the client follows. */
  kerberosTicket: 'kerberos-authentication-ticket-requested',
  kerberosPreauthFailed: 'kerberos-preauth-failed',
  /** Windows 4776: NTLM checked a password for a logon that 4624 or 4625 reports: a witness. */
  windowsCredentialValidated: 'credential-validated',
  auditLogCleared: 'audit-log-cleared',
  /** A cloud service's or scanner's own finding: posture, vulnerability, alert. */
  securityFinding: 'security_finding',
  /** A web server, proxy or gateway answered one request. `event.category` = 'web'; failure from status 400 on. Never an attempt to log in. */
  webRequest: 'web_request',
  /** A web server or its firewall refused a request: access list, limit, rule. `event.category` = 'web'. */
  webDenied: 'web_denied',
  /** What an application or a web server reports of its work besides. */
  applicationEvent: 'application_event',
} as const;
export type EventAction = (typeof EVENT_ACTION)[keyof typeof EVENT_ACTION];

/**
 * Failed authentications that only accompany an attempt which has a line of its own: counting them would count it twice.
 * (`pam_authentication` is one as well when `process.name` is sshd, `ssh_pam_failure` when `labels.invalid_user` is true.)
 */
export const WITNESS_ACTIONS: ReadonlySet<string> = new Set<EventAction>([
  EVENT_ACTION.sshNoneProbe,
  EVENT_ACTION.sshMaxAttempts,
  EVENT_ACTION.sshUserRefused,
  EVENT_ACTION.loginWitness,
  EVENT_ACTION.windowsCredentialValidated,
]);
