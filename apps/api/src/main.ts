import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createLogger, type Logger } from '@parapet/telemetry';
import { ParapetError, PortInUseError } from '@parapet/errors';
import { loadApiSettings } from './core/api-settings.js';
import { createApp } from './create-app.js';

/** Requests that run at a SIGTERM have this long; then their connections are cut. */
const GRACE_MS = 8000;

const portInUse = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

async function start(): Promise<void> {
  const settings = loadApiSettings();
  const logger = createLogger('api', settings.LOG_LEVEL);
  const app = await createApp(settings, logger);
  try {
    await app.listen(settings.HTTP_PORT, settings.HOST);
  } catch (error) {
    await app.close();
    throw portInUse(error) ? new PortInUseError('HTTP_PORT', settings.HTTP_PORT, 'tcp') : error;
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(app, logger));
  logger.info({ url: settings.PUBLIC_URL }, 'The API listens');
}

/** Takes no more connections, finishes what runs, closes sockets and streams, then the pools. */
async function stop(app: NestExpressApplication, logger: Logger): Promise<void> {
  const server: Server = app.getHttpServer();
  setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
  try {
    await app.close();
    process.exit(0);
  } catch (error) {
    logger.error({ err: error }, 'The end was not an orderly one');
    process.exit(1);
  }
}

start().catch((error: unknown) => {
  // What an operator can act on is a message; everything else is ours, with its stack.
  const text =
    error instanceof ParapetError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
