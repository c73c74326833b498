import { spawn, type ChildProcess } from 'node:child_process';
import { freePort, waitFor } from '@parapet/testing';

export interface RunningProcessor {
  child: ChildProcess;
  port: number;
  output: () => string;
  /** Resolves with the exit code, null after a signal. */
  exited: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  ready(): Promise<boolean>;
}

/** A real processor process (`apps/processor/dist`), as production starts it. */
export async function startProcessor(env: Record<string, string>): Promise<RunningProcessor> {
  const port = await freePort();
  const child = spawn(process.execPath, ['apps/processor/dist/main.js'], {
    env: {
      PATH: process.env['PATH'],
      PROCESSOR_METRICS_PORT: String(port),
      LOG_LEVEL: 'info',
      RULES_DIR: 'off',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok;
  return { child, port, output: () => output, exited, ready, signal: (name) => void child.kill(name) };
}

export const untilReady = (processor: RunningProcessor): Promise<boolean> =>
  waitFor(() => processor.ready(), {
    timeoutMs: 60_000,
    what: 'the processor to be ready',
  });
