import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { Router } from 'express';
import { openApiDocument } from './openapi.js';

const ASSETS = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const FILES = /^\/(swagger-ui\.css|index\.css|swagger-ui-bundle\.js|favicon-(16x16|32x32)\.png)$/;

// Scripts from files only: the content security policy knows no inline script.
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Parapet API</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png" sizes="32x32">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/initializer.js"></script>
</body>
</html>
`;
const INITIALIZER = `window.ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
  withCredentials: false,
});
`;

/** `/api/openapi.json` and a page to read and try it, `/api/docs`. Both are public. */
export function apiDocs(): Router {
  const router = Router();
  const document = JSON.stringify(openApiDocument());
  const assets = express.static(ASSETS, { index: false, redirect: false, maxAge: '1d' });
  router.get('/api/openapi.json', (_request, response) => {
    response.type('json').send(document);
  });
  router.get('/api/docs', (_request, response) => {
    response.type('html').send(PAGE);
  });
  router.get('/api/docs/initializer.js', (_request, response) => {
    response.type('js').send(INITIALIZER);
  });
  router.use('/api/docs', (request, response, next) => {
    if (FILES.test(request.path)) assets(request, response, next);
    else next();
  });
  return router;
}
