import type { Decoder } from '../decoder.js';

/** Web servers, proxies and load balancers: access and error logs. */
export const WEB_DECODERS: readonly Decoder[] = [];
