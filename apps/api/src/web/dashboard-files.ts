import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { Router, type Request } from 'express';

/** Beside this app in the repository and in the image: apps/api/{src,dist}/web → apps/dashboard/dist. */
const BESIDE = fileURLToPath(new URL('../../../dashboard/dist', import.meta.url));
/** What Vite names after its content (`assets/index-DcAf01.js`) never changes. */
const HASHED = /[/\\]assets[/\\][^/\\]+-[\w-]{8,}\.\w+$/;
const YEAR = 'public, max-age=31536000, immutable';

const NOT_BUILT =
  'The dashboard is not built. Run `npm run build`, or set DASHBOARD_DIR to where it is. The API answers below /api/v1.\n';

/** Paths that are never a page of the dashboard. */
const OTHERS = /^\/(api|ws|socket\.io|health|ready|metrics)(\/|$)/;

/** A navigation names HTML; a script or image that is missing must not be answered with a page. */
const wantsPage = ({ method, path, headers }: Request) =>
  (method === 'GET' || method === 'HEAD') &&
  !OTHERS.test(path) &&
  (path === '/' || (headers.accept ?? '').includes('text/html'));

/** The built dashboard: files as they are, and its page for every address that it routes by itself. */
export function dashboardFiles(directory: string | undefined): Router {
  const root = resolve(directory ?? BESIDE);
  const page = join(root, 'index.html');
  const router = Router();
  const files = express.static(root, {
    index: false,
    redirect: false,
    setHeaders: (response, path) => {
      // The page and its service worker say which other files there are, so they are asked for each time.
      response.setHeader('Cache-Control', HASHED.test(path) ? YEAR : 'no-cache');
    },
  });
  router.use((request, response, next) => {
    if (OTHERS.test(request.path) || !existsSync(page)) next();
    else files(request, response, next);
  });
  router.use((request, response, next) => {
    if (!wantsPage(request)) next();
    else if (existsSync(page))
      response.setHeader('Cache-Control', 'no-cache').sendFile(page, { dotfiles: 'allow' });
    else response.status(503).type('text').send(NOT_BUILT);
  });
  return router;
}
