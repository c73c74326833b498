import type { Decoder } from '../decoder.js';
import { arbor } from './arbor.js';
import { cef } from './cef.js';
import { checkpoint } from './checkpoint.js';
import { ciscoAsa } from './cisco-asa.js';
import { ciscoIos } from './cisco-ios.js';
import { f5 } from './f5.js';
import { filterlog } from './filterlog.js';
import { fortinet } from './fortinet.js';
import { huawei } from './huawei.js';
import { idsFast } from './ids-fast.js';
import { junos } from './junos.js';
import { leef } from './leef.js';
import { meraki } from './meraki.js';
import { netfilter } from './netfilter.js';
import { netscreen } from './netscreen.js';
import { opnsense } from './opnsense.js';
import { paloAlto } from './paloalto.js';
import { pflog } from './pflog.js';
import { routerOs } from './routeros.js';
import { sonicwall } from './sonicwall.js';
import { sophos } from './sophos.js';
import { watchGuard } from './watchguard.js';
import { zyxel } from './zyxel.js';

/** Firewalls, routers, VPN gateways, intrusion detection: devices that log packets and sessions. */
export const NETWORK_DECODERS: readonly Decoder[] = [
  netfilter,
  cef,
  leef,
  ciscoAsa,
  huawei,
  ciscoIos,
  meraki,
  fortinet,
  filterlog,
  opnsense,
  pflog,
  sonicwall,
  sophos,
  paloAlto,
  checkpoint,
  f5,
  junos,
  netscreen,
  routerOs,
  arbor,
  watchGuard,
  zyxel,
  idsFast,
];
