export { packEvents, unpackEvents, type UnpackedBatch } from './event-batch.js';
export { QUEUES, QUEUE_PREFIX, type QueueName } from './jobs.js';
export { Producer, createWorker } from './queues.js';
export { assertDurable, createRedis } from './redis.js';
