import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadSettings } from '@parapet/config';
import { OperatorError } from '@parapet/errors';
import { createLogger, NestLogger, type Logger } from '@parapet/telemetry';
import { IngestorModule } from './ingestor.module.js';
import { IngestorService } from './ingestor.service.js';

/** An operator can act on the message alone; anything else needs its stack. */
function explain(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function fail(error: unknown): never {
  process.stderr.write(`ingestor: ${explain(error)}\n`);
  process.exit(1);
}

function stopOnSignal(ingestor: IngestorService, logger: Logger): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    ingestor.stop().then((drained) => {
      logger.info({ drained }, 'stopped');
      process.exit(drained ? 0 : 1);
    }, fail);
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

async function main(): Promise<void> {
  const settings = loadSettings(['DATABASE_URL', 'REDIS_URL']);
  const logger = createLogger('ingestor', settings.LOG_LEVEL);
  const app = await NestFactory.createApplicationContext(IngestorModule.register(settings, logger), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const ingestor = app.get(IngestorService);
  stopOnSignal(ingestor, logger);
  await ingestor.start();
  logger.info('ready');
}

main().catch(fail);
