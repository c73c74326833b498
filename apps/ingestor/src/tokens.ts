import type { Settings } from '@parapet/config';
import type { Producer } from '@parapet/queue';
import type { Batcher } from './pipeline/batcher.js';
import type { Lane } from './pipeline/publisher.js';

/** Nest's keys for what has no class of its own. */
export const SETTINGS = Symbol('settings');
export const LOGGER = Symbol('logger');
export const REDIS = Symbol('redis');
export const POOL = Symbol('pool');
export const QUEUES = Symbol('queues');
export const BATCHERS = Symbol('batchers');
export const SOURCES = Symbol('sources');

/** The settings of which the ingestor needs each. */
export type IngestorSettings = Settings & { DATABASE_URL: string; REDIS_URL: string };

export type Queues = { [L in Lane]: Producer<L> };
export type Batchers = Record<Lane, Batcher>;
