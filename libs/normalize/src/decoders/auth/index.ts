import type { Decoder } from '../decoder.js';
import { accounts } from './accounts.js';
import { COWRIE } from './cowrie.js';
import { dropbear } from './dropbear.js';
import { endlessh, rsh, xinetd, xrdp } from './inetd.js';
import { cron, doas, login, logind, polkit } from './login.js';
import { macos } from './macos.js';
import { pam } from './pam.js';
import { sshd } from './sshd.js';
import { su } from './su.js';
import { sudo } from './sudo.js';

/** Who logs in and who becomes whom on Unix hosts. */
export const AUTH_DECODERS: readonly Decoder[] = [
  sshd,
  sudo,
  su,
  pam,
  dropbear,
  login,
  doas,
  cron,
  logind,
  polkit,
  accounts,
  xinetd,
  rsh,
  endlessh,
  xrdp,
  macos,
  ...COWRIE,
];
