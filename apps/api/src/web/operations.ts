import { Router } from 'express';
import { normalizeIp } from '@parapet/contracts';
import { checkReadiness, registry, type ReadinessCheck } from '@parapet/telemetry';

const isLoopback = (address: string | undefined) => {
  const ip = normalizeIp(address ?? '');
  return ip === '::1' || (ip !== undefined && /^127\.\d+\.\d+\.\d+$/.test(ip));
};

/**
 * `/health` (alive), `/ready` (every server it needs answers), `/metrics` (Prometheus; to this machine only, and not
 * through a proxy on it).
 */
export function operations(checks: Record<string, ReadinessCheck>): Router {
  const router = Router();
  router.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/ready', async (_request, response) => {
    const readiness = await checkReadiness(checks);
    // Which server is away is the operator's to know; why it is, only the log's.
    const states = Object.fromEntries(
      Object.entries(readiness.checks).map(([name, state]) => [name, state === 'ok' ? 'ok' : 'away']),
    );
    response.status(readiness.ready ? 200 : 503).json({ ready: readiness.ready, checks: states });
  });
  router.get('/metrics', async (request, response) => {
    const forwarded =
      request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined;
    if (forwarded || !isLoopback(request.socket.remoteAddress)) {
      response.status(403).type('text').send('for this machine only\n');
      return;
    }
    response.setHeader('Content-Type', registry.contentType).send(await registry.metrics());
  });
  return router;
}
