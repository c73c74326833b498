import type { DetectorKind } from '@parapet/contracts';
import { bruteForceSuccess } from './brute-force-success.js';
import { bruteForce } from './brute-force.js';
import type { Detector } from './detector.js';
import { distributedBruteForce } from './distributed-brute-force.js';
import { horizontalScan } from './horizontal-scan.js';
import { impossibleTravel } from './impossible-travel.js';
import { newCountry } from './new-country.js';
import { passwordSpraying } from './password-spraying.js';
import { portScan } from './port-scan.js';
import { rateSpike } from './rate-spike.js';
import { silentSource } from './silent-source.js';
import { threatIntel } from './threat-intel.js';

/** Every built-in detector. */
const BY_KIND: Record<DetectorKind, Detector> = {
  brute_force: bruteForce,
  distributed_brute_force: distributedBruteForce,
  password_spraying: passwordSpraying,
  brute_force_success: bruteForceSuccess,
  port_scan: portScan,
  horizontal_scan: horizontalScan,
  impossible_travel: impossibleTravel,
  new_country: newCountry,
  rate_spike: rateSpike,
  silent_source: silentSource,
  threat_intel: threatIntel,
};

/** In the order in which they are listed. */
export const DETECTORS: readonly Detector[] = Object.values(BY_KIND);

export function detectorOf(kind: DetectorKind): Detector {
  return BY_KIND[kind];
}
