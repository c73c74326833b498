import { EVENT_ACTION } from '@parapet/contracts';
import type { Decoder } from '../decoder.js';
import { BROKE_PROTOCOL, POLICY_DENIED, REFUSED } from '../meanings.js';
import { form, readForms } from '../message-form.js';
import type { Meaning } from '../message-form.js';
import { decodeAudit } from './auditd.js';

const KERNEL_TIME = /^\[ *\d{1,12}\.\d{1,9}\] ?/;
const ATTACHED: Meaning = { category: 'host', type: 'info', action: EVENT_ACTION.deviceAttached };
const REMOVED: Meaning = { category: 'host', type: 'info', action: EVENT_ACTION.deviceRemoved };
const CRASHED: Meaning = {
  category: 'process',
  type: 'end',
  action: EVENT_ACTION.processCrashed,
  outcome: 'failure',
  severity: 'low',
};
const SNIFFING: Meaning = { category: 'network', type: 'change', action: EVENT_ACTION.configurationChange };

const WIREGUARD = '^wireguard: [\\w.-]{1,16}: ';

const FORMS = [
  form(
    REFUSED,
    `${WIREGUARD}(?<reason>Packet has unallowed src IP) \\([0-9A-Fa-f:.]{2,45}\\) from peer \\d{1,10} \\(\\[?<ip>\\]?:<port>\\)$`,
  ),
  form(
    BROKE_PROTOCOL,
    `${WIREGUARD}(?<reason>Invalid (?:handshake initiation|handshake response|MAC of handshake).{0,60}?|Packet has incorrect .{1,60}?|Handshake .{1,80}?) (?:from|for peer \\d{1,10} \\() ?\\[?<ip>\\]?:<port>\\)?.{0,80}$`,
  ),
  form(
    ATTACHED,
    '^usb [0-9.-]{1,20}: New USB device found, idVendor=(?<vendor>[0-9a-f]{4}), idProduct=(?<product>[0-9a-f]{4})(?:, bcdDevice= ?[0-9a-f.]{1,6})?$',
  ),
  form(REMOVED, '^usb [0-9.-]{1,20}: USB disconnect, (?:device number|address) \\d{1,6}$'),
  form(ATTACHED, '^usb [0-9.-]{1,20}: (?:new|Product:|Manufacturer:|SerialNumber:).{1,200}$'),
  form(
    CRASHED,
    '^[^\\[\\]]{1,40}\\[\\d{1,10}\\](?::? (?:segfault|general protection|trap|bad frame).{1,300})$',
  ),
  form(
    CRASHED,
    '^(?:Out of memory|Memory cgroup out of memory): (?:Killed|Kill) process \\d{1,10} \\([^()]{1,40}\\).{0,300}$',
  ),
  form(
    { ...POLICY_DENIED, severity: 'medium' },
    '^(?:TCP: )?(?:request_sock_TCP|request_sock_TCPv6): (?<reason>Possible SYN flooding) on port .{1,200}$',
  ),
  form(SNIFFING, '^device [\\w.-]{1,16} (?:entered|left) promiscuous mode$'),
  form(SNIFFING, '^[\\w.-]{1,16}: (?:entered|left) promiscuous mode$'),
];
const PROCESS = /^([^[\]]{1,40})\[(\d{1,10})\]:? /;
const KILLED = /process (\d{1,10}) \(([^()]{1,40})\)/;

/** The Linux kernel's messages but for packets: audit records, devices, crashes and WireGuard. */
export const kernel: Decoder = {
  name: 'kernel',
  programs: ['kernel'],
  // The packet filter shares the name, and knows its own lines.
  recognise: (header, message) => header.program === 'kernel' && !message.includes(' SRC='),
  decode(message, _header, fields) {
    fields['event.module'] = 'system';
    fields['event.dataset'] = 'system.syslog';
    const text = message.replace(KERNEL_TIME, '');
    if (/^(?:audit: )?type ?=/.test(text)) {
      if (!decodeAudit(text, fields)) return false;
      fields['labels.decoder'] = 'auditd';
      return true;
    }
    if (!readForms(FORMS, text, fields)) return false;
    const crashed = fields['event.action'] === EVENT_ACTION.processCrashed;
    const process = crashed ? PROCESS.exec(text) : null;
    const killed = crashed ? KILLED.exec(text) : null;
    if (process) {
      fields['process.name'] = process[1];
      fields['process.pid'] = Number(process[2]);
    } else if (killed) {
      fields['process.name'] = killed[2];
      fields['process.pid'] = Number(killed[1]);
    }
    return true;
  },
};
