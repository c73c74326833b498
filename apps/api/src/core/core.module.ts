import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { RedisOptions } from 'ioredis';
import { createPool, serviceUrl, TenantDatabase } from '@parapet/db';
import { createRedis } from '@parapet/queue';
import { countFailure, type Logger } from '@parapet/telemetry';
import type { ApiSettings } from './api-settings.js';
import { AuditService } from './audit.service.js';
import { AppPool, LOGGER, RedisClient, RedisSubscriber, SETTINGS, SrePool } from './tokens.js';

export interface CoreOptions {
  /** Connections that work for tenants at once, at most. */
  poolSize?: number;
}

/** What every feature may ask for: settings, logger, connections, the audit log. Imported once, by AppModule. */
@Global()
@Module({})
export class CoreModule implements OnApplicationShutdown {
  constructor(
    private readonly database: TenantDatabase,
    private readonly appPool: AppPool,
    private readonly srePool: SrePool,
    private readonly redis: RedisClient,
    private readonly subscriber: RedisSubscriber,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  static forRoot(settings: ApiSettings, logger: Logger, { poolSize = 12 }: CoreOptions): DynamicModule {
    // A request must not wait for a Redis that is away; the subscriber waits as long as it takes.
    const redis = (connection: string, options: RedisOptions = {}) => {
      const client = createRedis(settings.REDIS_URL, {
        connectionName: `parapet-api-${connection}`,
        ...options,
      });
      client.on('error', (error: Error) => {
        countFailure('redis', connection);
        logger.warn({ err: error }, 'Redis: connection failed');
      });
      return client;
    };
    const connectionLost = (error: Error) => {
      countFailure('postgres', 'connection');
      logger.warn({ err: error }, 'PostgreSQL: connection lost');
    };
    const connect = (role: 'parapet_app' | 'parapet_sre') => ({
      url: serviceUrl(settings.DATABASE_URL, role),
      name: 'parapet api',
      onError: connectionLost,
    });
    const providers = [
      { provide: SETTINGS, useValue: settings },
      { provide: LOGGER, useValue: logger },
      {
        provide: TenantDatabase,
        useFactory: () => new TenantDatabase({ ...connect('parapet_app'), poolSize }),
      },
      { provide: AppPool, useFactory: () => createPool({ ...connect('parapet_app'), max: 4 }) },
      { provide: SrePool, useFactory: () => createPool({ ...connect('parapet_sre'), max: 3 }) },
      { provide: RedisClient, useFactory: () => redis('commands', { commandTimeout: 3000 }) },
      // Without ioredis' ready check: its INFO is refused on a connection whose subscription came first, and the reconnect
      // that follows forgets the subscription. SUBSCRIBE is allowed while Redis loads.
      { provide: RedisSubscriber, useFactory: () => redis('subscriber', { enableReadyCheck: false }) },
      AuditService,
    ];
    return {
      module: CoreModule,
      providers,
      exports: [
        SETTINGS,
        LOGGER,
        TenantDatabase,
        AppPool,
        SrePool,
        RedisClient,
        RedisSubscriber,
        AuditService,
      ],
    };
  }

  /** Nest calls this after `beforeApplicationShutdown` of the features, which finish their work first. */
  async onApplicationShutdown(): Promise<void> {
    this.subscriber.disconnect();
    this.redis.disconnect();
    const closing = await Promise.allSettled([this.database.close(), this.appPool.end(), this.srePool.end()]);
    for (const result of closing) {
      if (result.status === 'rejected') {
        countFailure('api', 'shutdown');
        this.logger.warn({ err: result.reason }, 'A connection did not close');
      }
    }
  }
}
