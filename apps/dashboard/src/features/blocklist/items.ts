import { BLOCK_ORIGINS } from '@parapet/contracts';
import type { BlockOrigin } from '@parapet/contracts';

/** How long; null: until it is removed. */
export const DURATIONS: readonly { value: number | null; title: string }[] = [
  { value: 1, title: '1 hour' },
  { value: 4, title: '4 hours' },
  { value: 24, title: '24 hours' },
  { value: 168, title: '7 days' },
  { value: 720, title: '30 days' },
  { value: null, title: 'Until removed' },
];

const ORIGIN: Record<BlockOrigin, string> = {
  manual: 'By hand',
  alert: 'From an alert',
  automatic: 'Automatic',
};
export const originTitle = (origin: BlockOrigin) => ORIGIN[origin];
export const ORIGIN_ITEMS = BLOCK_ORIGINS.map((value) => ({ value, title: ORIGIN[value] }));
