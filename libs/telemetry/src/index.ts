export { checkReadiness, startHealthServer, type Readiness, type ReadinessCheck } from './health-server.js';
export { createLogger, escapeControl, NestLogger, type Logger } from './logger.js';
export { DROP_REASONS, countDrop, countFailure, metrics, registry, type DropReason } from './metrics.js';
