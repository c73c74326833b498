import type { Decoder } from '../decoder.js';
import { pam } from './pam.js';
import { sshd } from './sshd.js';
import { su } from './su.js';
import { sudo } from './sudo.js';

/** Who logs in and who becomes whom on Unix hosts. */
export const AUTH_DECODERS: readonly Decoder[] = [sshd, sudo, su, pam];
