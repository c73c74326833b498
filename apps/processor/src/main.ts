import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadSettings } from '@parapet/config';
import { OperatorError } from '@parapet/errors';
import { createLogger, NestLogger, type Logger } from '@parapet/telemetry';
import { ProcessorModule } from './processor.module.js';
import { ProcessorService } from './processor.service.js';

/** An operator can act on the message alone; anything else needs its stack. */
function explain(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function fail(error: unknown): never {
  process.stderr.write(`processor: ${explain(error)}\n`);
  process.exit(1);
}

function stopOnSignal(processor: ProcessorService, logger: Logger): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    processor.stop().then((drained) => {
      // Not drained is no loss: those batches are in Redis, and whoever is next gets them.
      logger.info({ drained }, 'stopped');
      process.exit(0);
    }, fail);
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

async function main(): Promise<void> {
  const settings = loadSettings(['DATABASE_URL', 'REDIS_URL']);
  const logger = createLogger('processor', settings.LOG_LEVEL);
  const app = await NestFactory.createApplicationContext(ProcessorModule.register(settings, logger), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const processor = app.get(ProcessorService);
  stopOnSignal(processor, logger);
  await processor.start();
  logger.info('ready');
}

main().catch(fail);
