import type { Decoder } from '../decoder.js';

/** Unix services: mail, file transfer, databases, names, telephony, audit. */
export const DAEMON_DECODERS: readonly Decoder[] = [];
