// `npm run dev`: the product of `npm start`, but services restart when their code changes, and the dashboard comes
// from Vite's development server (DEV_PORT, default 5173) with hot reload.
import { join } from 'node:path';
import { announce } from './lib/announce.mjs';
import { ManagedProcess } from './lib/managed-process.mjs';
import { makeFolders, root } from './lib/paths.mjs';
import { Product } from './lib/product.mjs';
import { hostForClients } from './lib/settings.mjs';
import { answersOk } from './lib/services.mjs';
import { stopOnSignals } from './lib/signals.mjs';
import { ignoreClosedTerminal, line, problem, StartError, StartInterrupted, terminal } from './lib/say.mjs';

ignoreClosedTerminal();
const since = Date.now();
const devPort = process.env.DEV_PORT || '5173';
const product = new Product({
  env: { NODE_ENV: 'development', ...process.env },
  reporter: terminal,
});
stopOnSignals(product, terminal);

function tool(name, args, env, folders, ready) {
  return new ManagedProcess({
    name,
    command: process.execPath,
    args: args.map((arg) => (arg.includes('/') ? join(root, arg) : arg)),
    env,
    cwd: join(root, name === 'dashboard dev' ? 'apps/dashboard' : '.'),
    logFile: join(folders.logs, `${name.replace(' ', '-')}.log`),
    runDir: folders.run,
    reporter: terminal,
    showLog: true,
    ready,
    graceMs: 3000,
  });
}

line('Parapet is starting in watch mode');
try {
  const started = await product.start({ develop: true });
  const folders = makeFolders(started.settings.dataDir);
  await product.add(
    tool(
      'build watch',
      ['scripts/build.mjs', '--no-dashboard', '--watch'],
      process.env,
      folders,
      async () => true,
    ),
  );
  const { host, ports } = started.settings;
  const viteEnv = { ...started.env, PARAPET_API: `http://${hostForClients(host)}:${ports.HTTP_PORT}` };
  const viteArgs = [
    'node_modules/vite/bin/vite.js',
    '--port',
    devPort,
    '--strictPort',
    '--host',
    '127.0.0.1',
  ];
  await product.add(
    tool('dashboard dev', viteArgs, viteEnv, folders, () => answersOk(`http://127.0.0.1:${devPort}/`)),
  );
  announce(started, { since, reporter: terminal });
  line(`  Dashboard with hot reload: http://127.0.0.1:${devPort}\n`);
} catch (error) {
  if (!(error instanceof StartInterrupted)) {
    problem(`\nParapet did not start.\n${error instanceof StartError ? error.message : error.stack}`);
    process.exitCode = 1;
    await product.stop();
  } else {
    process.exitCode = 130;
  }
}
