import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import cookieParser from 'cookie-parser';
import type { NextFunction, Request, Response } from 'express';
import { TenantDatabase } from '@parapet/db';
import { createLogger, NestLogger, type Logger } from '@parapet/telemetry';
import { AppModule } from './app.module.js';
import { AccessGuard } from './auth/access.guard.js';
import type { ApiSettings } from './core/api-settings.js';
import type { CoreOptions } from './core/core.module.js';
import { RedisClient } from './core/tokens.js';
import { bodies } from './http/bodies.js';
import { assertEndpointsHandled } from './http/boot-check.js';
import { EndpointInterceptor } from './http/endpoint.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { apiDocs } from './openapi/docs-page.js';
import { dashboardFiles } from './web/dashboard-files.js';
import { operations } from './web/operations.js';
import { requestLog } from './web/request-log.js';
import { securityHeaders } from './web/security-headers.js';

/**
 * The API with everything but a port.
 * @throws EndpointTableError when controllers and the table of endpoints differ.
 */
export async function createApp(
  settings: ApiSettings,
  logger: Logger = createLogger('api', settings.LOG_LEVEL),
  options: CoreOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(settings, logger, options), {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  try {
    configure(app, settings, logger);
    assertEndpointsHandled(app);
    await app.init();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

function configure(app: NestExpressApplication, settings: ApiSettings, logger: Logger): void {
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', settings.TRUST_PROXY === '' ? false : settings.TRUST_PROXY.split(/\s*,\s*/));
  app.use(requestLog(logger));
  app.use(securityHeaders(settings.PUBLIC_URL));
  app.use(
    operations({
      postgres: () => app.get(TenantDatabase).ping(),
      redis: () => app.get(RedisClient).ping(),
    }),
  );
  app.use(apiDocs());
  app.use(dashboardFiles(settings.DASHBOARD_DIR));
  app.use('/api', (_request: Request, response: Response, next: NextFunction) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use(cookieParser());
  for (const { path, read } of bodies()) app.use(path, read);
  app.useGlobalGuards(app.get(AccessGuard));
  app.useGlobalInterceptors(new EndpointInterceptor(settings));
  app.useGlobalFilters(new ProblemFilter(logger));
}
