import type { Decoder } from '../decoder.js';

/** Web applications that people host themselves, and what they log of log-ins. */
export const WEBAPP_DECODERS: readonly Decoder[] = [];
