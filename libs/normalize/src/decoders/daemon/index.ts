import type { Decoder } from '../decoder.js';
import { auditd } from './auditd.js';
import { mssql, mysqld, postgresql, slapd } from './databases.js';
import { dovecot } from './dovecot.js';
import { exim } from './exim.js';
import { ftpd, proftpd, pureftpd, vsftpd } from './ftp.js';
import {
  activeResponse,
  cimserver,
  counterStrike,
  ejabberd,
  fail2ban,
  portsentry,
  scanlogd,
  tcpdump,
} from './host-defence.js';
import { courier, cyrus, imapd, uwimap } from './imapd.js';
import { kernel } from './kernel.js';
import { laurel } from './laurel.js';
import {
  assp,
  domino,
  kerio,
  mailscanner,
  opensmtpd,
  oracleims,
  perdition,
  solidPop3d,
  sympa,
} from './mail-servers.js';
import { MONGODB } from './mongodb.js';
import { named, nsd } from './names.js';
import { postfix } from './postfix.js';
import { qmail } from './qmail.js';
import { SAMBA } from './samba.js';
import { sendmail } from './sendmail.js';
import { asterisk, freeswitch, murmur } from './telephony.js';
import { dante, openvpn, strongswan, stunnel, threeProxy } from './tunnels.js';

/** Unix services: mail, file transfer, databases, names, telephony, audit. */
export const DAEMON_DECODERS: readonly Decoder[] = [
  kernel,
  auditd,
  laurel,
  dovecot,
  postfix,
  exim,
  sendmail,
  cyrus,
  courier,
  uwimap,
  imapd,
  qmail,
  opensmtpd,
  perdition,
  solidPop3d,
  kerio,
  domino,
  assp,
  mailscanner,
  sympa,
  oracleims,
  vsftpd,
  proftpd,
  pureftpd,
  ftpd,
  mysqld,
  postgresql,
  mssql,
  ...MONGODB,
  slapd,
  named,
  nsd,
  asterisk,
  freeswitch,
  murmur,
  openvpn,
  strongswan,
  stunnel,
  dante,
  threeProxy,
  ...SAMBA,
  fail2ban,
  portsentry,
  scanlogd,
  activeResponse,
  counterStrike,
  ejabberd,
  cimserver,
  tcpdump,
];
