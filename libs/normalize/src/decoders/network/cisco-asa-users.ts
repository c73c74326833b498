import { ANY, DST, E, IP, SRC, re } from './cisco-asa-row.js';
import type { AsaRow } from './cisco-asa-row.js';

/** Log-ins, VPN users, administrators and what they did. */
export const ASA_USERS: readonly AsaRow[] = [
  { ids: '109001', is: 'other', form: re(`^Auth start for user '?(?<user>${ANY})'? from ${SRC} to ${DST}$`) },
  {
    ids: '109005',
    is: 'login_success',
    form: re(
      `^Authentication succeeded for user '?(?<user>${ANY}?)'? from ${SRC} to ${DST} on interface \\S+$`,
    ),
  },
  {
    ids: '109006',
    is: 'login_failure',
    form: re(`^Authentication failed for user '?(?<user>${ANY}?)'? from ${SRC} to ${DST} on interface \\S+$`),
  },
  {
    ids: '109007',
    is: 'other',
    form: re(
      `^Authorization permitted for user '?(?<user>${ANY}?)'? from ${SRC} to ${DST} on interface \\S+$`,
    ),
  },
  {
    ids: '109008',
    is: 'deny',
    form: re(`^Authorization denied for user '?(?<user>${ANY}?)'? from ${SRC} to ${DST} on interface \\S+$`),
  },
  {
    ids: '109024 109025',
    is: 'deny',
    form: re(
      `^Authorization denied (?:\\(acl=(?<rule>[^()]{1,128})\\) for user '(?<user>${ANY})' )?from ${SRC} to ${DST} (?:\\(not authenticated\\) )?on interface`,
    ),
  },
  {
    ids: '111001 111002 111003 111004 111005 111007',
    is: 'command',
    form: re(
      `^(?:Begin configuration: (?<ip>[0-9A-Fa-f.:]{2,45}|console) (?:reading|writing)|(?<addr>[0-9A-Fa-f.:]{2,45}|console) (?:Erase|end) configuration)`,
    ),
  },
  {
    ids: '111008 111009',
    is: 'command',
    form: re(
      `^User '?(?<user>${ANY}?)'? executed (?:the '(?<command>.{0,2048})' command|cmd: (?<cmd>.{0,2048}))`,
    ),
  },
  {
    ids: '111010',
    is: 'command',
    form: re(
      `^User '(?<user>${ANY}?)', running '[^']{0,64}' from IP ${IP}, executed '(?<command>.{0,2048})'$`,
    ),
  },
  {
    ids: '113004 113012',
    is: 'login_success',
    form: re(
      `^AAA user authentication Successful ?: (?:local database ?: |server = .{1,64}?[,:] ?)[Uu]ser = (?<user>${ANY})$`,
    ),
  },
  {
    ids: '113005 113015',
    is: 'login_failure',
    form: re(
      `^AAA user authentication Rejected ?: reason = (?<reason>[^:]{0,128}): (?:local database ?: |server = .{1,64}?[,:] ?)[Uu]ser = (?<user>${ANY}?)(?: ?: user IP = (?<ip>\\S{0,64}))?$`,
    ),
  },
  {
    ids: '113016 113017',
    is: 'login_failure',
    form: re(
      `^AAA credentials rejected ?: reason = (?<reason>[^:]{0,128}): (?:local database ?: |server = .{1,64}?[,:] ?)[Uu]ser = (?<user>${ANY}?)(?: ?: user IP = (?<ip>\\S{0,64}))?$`,
    ),
  },
  {
    ids: '113004 113005',
    is: 'other',
    form: re(
      `^AAA user (?:authorization|accounting) \\w+ ?: (?:reason = (?<reason>[^:]{0,128}): )?server = .{1,64}?[,:] ?[Uu]ser = (?<user>${ANY}?)(?: ?: user IP = (?<ip>\\S{0,64}))?$`,
    ),
  },
  {
    ids: '113006 113007',
    is: 'account_changed',
    form: re(`^User (?<user>${ANY}?) (?:un)?locked (?:out on exceeding|by)`),
  },
  { ids: '113008', is: 'other', form: re(`^AAA transaction status \\w+ ?: [Uu]ser = (?<user>${ANY})$`) },
  {
    ids: '113019',
    is: 'logout',
    form: re(`^Group = ${ANY}?, Username = (?<user>${ANY}?), IP = ${IP}, Session disconnected\\.`),
  },
  {
    ids: '113021',
    is: 'login_failure',
    form: re(`^Attempted console login failed\\. User '?(?<user>${ANY}?)'? did NOT have`),
  },
  {
    ids: '308001',
    is: 'login_failure',
    form: re(`console enable password incorrect for .{1,20} tries \\(from ${IP}\\)`),
  },
  {
    ids: '315011',
    is: 'logout',
    form: re(
      `^SSH session from (?:(?<src>[0-9A-Fa-f.:]{2,45}) )?on interface \\S{1,64} for user "?(?<user>[^"]{0,256}?)"? (?:disconnected by SSH server|terminated normally)`,
    ),
  },
  {
    ids: '409023',
    is: 'other',
    form: re(
      `^Attempting AAA Fallback method \\S+ for \\w+ request for user (?<user>${ANY}) : Auth-server group`,
    ),
  },
  { ids: '502101', is: 'account_added', form: re(`Uname: (?<user>${ANY}?) Priv: `) },
  { ids: '502102', is: 'account_deleted', form: re(`Uname: (?<user>${ANY}?) Priv: `) },
  { ids: '502103', is: 'account_changed', form: re(`Uname: (?<user>${ANY}?) From: `) },
  {
    ids: '603108',
    is: 'login_success',
    form: re(
      `^Built PPTP Tunnel at .{1,64}?, tunnel-id = \\d+, remote-peer = (?<ip>[0-9A-Fa-f.:]{2,45}), .{1,200}?, username = (?<user>${ANY}), MPPE`,
    ),
  },
  {
    ids: '603104 603106',
    is: 'login_success',
    form: re(
      `^(?:PPTP|L2TP) Tunnel created, tunnel_id is \\d+, remote_peer_ip is (?<ip>[0-9A-Fa-f.:]{2,45}), .{1,200}?username is (?<user>${ANY}?)(?:, MPPE_key_strength is .{1,20})?$`,
    ),
  },
  {
    ids: '605004',
    is: 'login_failure',
    form: re(`^Login denied from ${SRC} to ${DST} for user "(?<user>${ANY})"$`),
  },
  {
    ids: '605005',
    is: 'login_success',
    form: re(`^Login permitted from ${SRC} to ${DST} for user "(?<user>${ANY})"$`),
  },
  {
    ids: '606001 606003',
    is: 'session',
    form: re(`^ASDM (?:logging )?session number \\d+ from (?<src>\\S{2,64}) (?:re)?started$`),
  },
  {
    ids: '606002 606004',
    is: 'logout',
    form: re(`^ASDM (?:logging )?session number \\d+ from (?<src>\\S{2,64}) ended$`),
  },
  {
    ids: '611101',
    is: 'login_success',
    form: re(
      `^User authentication succeeded: (?:IP(?: address)?: (?<ip>[0-9A-Fa-f.:]{2,45}), )?Uname: (?<user>${ANY})$`,
    ),
  },
  {
    ids: '611102',
    is: 'login_failure',
    form: re(
      `^User authentication failed: (?:IP(?: address)?: (?<ip>[0-9A-Fa-f.:]{2,45}), )?Uname: (?<user>${ANY})$`,
    ),
  },
  { ids: '611103', is: 'logout', form: re(`^User logged out: Uname: (?<user>${ANY})$`) },
  {
    ids: '716039',
    is: 'login_failure',
    form: re(`^Authentication: rejected, group = ${ANY}? [Uu]ser = (?<user>${ANY}?) ?, Session Type: `),
  },
  {
    ids: '716038',
    is: 'login_success',
    form: re(`^Authentication: successful, group = ${ANY}? [Uu]ser = (?<user>${ANY}?) ?, Session Type: `),
  },
  { ids: '719022', is: 'login_success', form: re(`^WebVPN user: (?<user>${ANY}) has been authenticated\\.`) },
  {
    ids: '719023',
    is: 'login_failure',
    form: re(`^WebVPN user: (?<user>${ANY}) has not been successfully authenticated\\.`),
  },
  {
    ids: '721016',
    is: 'session',
    form: re(`WebVPN session for client user (?<user>${ANY}), IP(?:v[46])? ${IP} has been created\\.$`),
  },
  {
    ids: '721018',
    is: 'logout',
    form: re(`WebVPN session for client user (?<user>${ANY}), IP(?:v[46])? ${IP} has been deleted\\.$`),
  },
  {
    ids: '751011',
    is: 'login_failure',
    form: re(`^Local:(?<dst>${E}) Remote:(?<src>${E}) Username:(?<user>${ANY}?) Failed user authentication`),
  },
  {
    ids: '751025',
    is: 'session',
    form: re(`^Local:(?<dst>${E}) Remote:(?<src>${E}) Username:(?<user>${ANY}?) (?:IKEv2 )?Group:`),
  },
];
