import { createServer, type Server } from 'node:http';
import { registry } from './metrics.js';

/** A dependency of a service: resolves when it answers, rejects with the reason when not. */
export type ReadinessCheck = () => Promise<unknown>;

export interface Readiness {
  ready: boolean;
  checks: Record<string, string>;
}

/** Asks every dependency, each for at most `timeoutMs`. */
export async function checkReadiness(
  checks: Record<string, ReadinessCheck>,
  timeoutMs = 2000,
): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
      });
      try {
        await Promise.race([check(), timeout]);
        return [name, 'ok'] as const;
      } catch (error) {
        return [name, error instanceof Error ? error.message : String(error)] as const;
      } finally {
        clearTimeout(timer);
      }
    }),
  );
  return { ready: results.every(([, state]) => state === 'ok'), checks: Object.fromEntries(results) };
}

/** `/health` (alive), `/ready` (every dependency answers) and `/metrics` for a service that has no HTTP API. */
export async function startHealthServer(
  host: string,
  port: number,
  checks: Record<string, ReadinessCheck>,
): Promise<Server> {
  const server = createServer((request, response) => {
    const send = (status: number, type: string, body: string) =>
      response.writeHead(status, { 'content-type': type }).end(body);
    const answer = async () => {
      switch (request.url) {
        case '/health':
          return send(200, 'application/json', '{"status":"ok"}');
        case '/ready': {
          const readiness = await checkReadiness(checks);
          return send(readiness.ready ? 200 : 503, 'application/json', JSON.stringify(readiness));
        }
        case '/metrics':
          return send(200, registry.contentType, await registry.metrics());
        default:
          return send(404, 'text/plain', 'not found\n');
      }
    };
    answer().catch(() => send(500, 'text/plain', 'failed\n'));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
