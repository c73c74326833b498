import type { NextFunction, Response } from 'express';
import { newId } from '@parapet/db';
import { metrics, type Logger } from '@parapet/telemetry';
import type { ApiRequest } from '../http/api-request.js';

/** Gives every request its id, and measures it by operation and status. */
export function requestLog(logger: Logger) {
  return (request: ApiRequest, response: Response, next: NextFunction): void => {
    request.requestId = newId();
    response.setHeader('X-Request-Id', request.requestId);
    const start = performance.now();
    response.on('finish', () => {
      const seconds = (performance.now() - start) / 1000;
      const operation = request.operation ?? 'other';
      metrics.httpSeconds.observe({ operation, status: String(response.statusCode) }, seconds);
      logger.debug(
        { requestId: request.requestId, operation, status: response.statusCode, seconds },
        'request',
      );
    });
    next();
  };
}
