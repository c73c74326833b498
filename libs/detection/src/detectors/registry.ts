import type { DetectorKind } from '@parapet/contracts';
import { bruteForce } from './brute-force.js';
import type { Detector } from './detector.js';
import { portScan } from './port-scan.js';

/** Every built-in detector, in the order in which they are listed. */
export const DETECTORS: readonly Detector[] = [bruteForce, portScan];

const BY_KIND: Record<DetectorKind, Detector> = { brute_force: bruteForce, port_scan: portScan };

export function detectorOf(kind: DetectorKind): Detector {
  return BY_KIND[kind];
}
