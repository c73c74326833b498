import { ASSET_KINDS, CRITICALITIES } from '@parapet/contracts';
import type { AssetKind, Criticality } from '@parapet/contracts';

const KIND_TITLES: Record<AssetKind, string> = { address: 'Address', host: 'Host', user: 'User' };
const CRITICALITY_TITLES: Record<Criticality, string> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

export const KIND_ITEMS = ASSET_KINDS.map((value) => ({ value, title: KIND_TITLES[value] }));
export const CRITICALITY_ITEMS = CRITICALITIES.map((value) => ({ value, title: CRITICALITY_TITLES[value] }));
export const kindTitle = (kind: AssetKind) => KIND_TITLES[kind];
export const criticalityTitle = (criticality: Criticality) => CRITICALITY_TITLES[criticality];
