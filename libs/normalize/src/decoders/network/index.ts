import type { Decoder } from '../decoder.js';
import { netfilter } from './netfilter.js';

/** Firewalls, routers, VPN gateways, intrusion detection: devices that log packets and sessions. */
export const NETWORK_DECODERS: readonly Decoder[] = [netfilter];
