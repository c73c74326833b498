// The programs that make up Parapet, and how to tell that each is ready.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ManagedProcess } from './managed-process.mjs';
import { root } from './paths.mjs';
import { hostForClients } from './settings.mjs';
import { StartError } from './say.mjs';

/** True when GET `url` answers 200 within two seconds. */
export async function answersOk(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.body?.cancel();
  return response.status === 200;
}

function definitions(settings) {
  const { ports } = settings;
  const metrics = hostForClients(settings.metricsHost);
  return [
    ...(settings.mailCatcher
      ? [
          {
            name: 'mail catcher',
            file: 'scripts/mail-catcher.mjs',
            readyUrl: `http://127.0.0.1:${ports.MAIL_HTTP_PORT}/ready`,
          },
        ]
      : []),
    {
      name: 'api',
      file: 'apps/api/dist/main.js',
      readyUrl: `http://${hostForClients(settings.host)}:${ports.HTTP_PORT}/ready`,
    },
    {
      name: 'processor',
      file: 'apps/processor/dist/main.js',
      readyUrl: `http://${metrics}:${ports.PROCESSOR_METRICS_PORT}/ready`,
    },
    {
      name: 'ingestor',
      file: 'apps/ingestor/dist/main.js',
      readyUrl: `http://${metrics}:${ports.INGESTOR_METRICS_PORT}/ready`,
    },
  ];
}

/**
 * The services as ManagedProcesses, not started yet. `env` is their whole environment; secrets are in it as file
 * names or values, never on a command line. `watch` restarts a service when its build changes (npm run dev).
 */
export function makeServices(settings, { env, logs, runDir, reporter, watch = false, nodeArgs = [] }) {
  return definitions(settings).map(({ name, file, readyUrl }) => {
    if (!existsSync(join(root, file)))
      throw new StartError(
        `${file} is missing: the build did not make it. Run \`npm run build\` and look at its output.`,
      );
    const watchArgs = watch && file.startsWith('apps/') ? ['--watch', '--watch-preserve-output'] : [];
    return new ManagedProcess({
      name,
      command: process.execPath,
      args: ['--enable-source-maps', '--max-semi-space-size=32', ...nodeArgs, ...watchArgs, join(root, file)],
      env,
      cwd: root,
      logFile: join(logs, `${name.replace(' ', '-')}.log`),
      runDir,
      reporter,
      showLog: true,
      hurriedGraceMs: 1000,
      ready: () => answersOk(readyUrl),
    });
  });
}
