import type { Decoder } from '../decoder.js';

/** Windows, cloud services and what else logs JSON records. */
export const CLOUD_DECODERS: readonly Decoder[] = [];
