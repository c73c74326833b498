import type { Settings } from '@parapet/config';

/** Nest's keys for what has no class of its own. */
export const SETTINGS = Symbol('settings');
export const LOGGER = Symbol('logger');
export const REDIS = Symbol('redis');
export const POOL = Symbol('pool');
export const WORKERS = Symbol('workers');

/** The settings of which the processor needs each. */
export type ProcessorSettings = Settings & { DATABASE_URL: string; REDIS_URL: string };
