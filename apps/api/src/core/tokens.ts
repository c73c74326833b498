import { Redis } from 'ioredis';
import pg from 'pg';

/** Inject with `@Inject(SETTINGS) settings: ApiSettings`. */
export const SETTINGS = Symbol('SETTINGS');
/** Inject with `@Inject(LOGGER) logger: Logger`. */
export const LOGGER = Symbol('LOGGER');

// The connections are classes that are never made: as a type of a constructor's parameter each names its provider.

/**
 * Pool of parapet_app for what has no tenant: look-ups by SECURITY DEFINER functions, LISTEN. Without a tenant it sees
 * no row of a tenant's table; those are `TenantDatabase`'s.
 */
export abstract class AppPool extends pg.Pool {}

/** Pool of parapet_sre: reads across tenants. Every use writes an audit row first (R26). */
export abstract class SrePool extends pg.Pool {}

/** Redis for commands. */
export abstract class RedisClient extends Redis {}

/** Redis for SUBSCRIBE only; a connection that subscribes can't do anything else. */
export abstract class RedisSubscriber extends Redis {}
