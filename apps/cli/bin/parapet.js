#!/usr/bin/env node
// Thin shim so that `npx parapet` is linked at install, before anything is built.
import { existsSync } from 'node:fs';
const built = new URL('../dist/main.js', import.meta.url);
if (!existsSync(built)) {
  process.stderr.write('parapet: not built yet. Run `npm run build` (or `npm start`, which builds) first.\n');
  process.exit(1);
}
await import(built.href);
