// Runs a command to its end, with its output kept for the case that it fails.
import { spawn } from 'node:child_process';

const KEEP = 64 * 1024;

/**
 * Resolves to { code, signal, output } (output: the last 64 KiB of stdout and stderr together).
 * `signal` (AbortSignal) ends the command with SIGTERM; `onOutput` sees each chunk.
 */
export function run(command, args, { cwd, env = process.env, uid, gid, signal, onOutput, input } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      uid,
      gid,
      signal,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk) => {
      output = (output + chunk).slice(-KEEP);
      onOutput?.(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    if (input !== undefined) child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code, endedBy) => resolve({ code, signal: endedBy, output }));
  });
}

export const lastLines = (text, count = 25) => text.trimEnd().split('\n').slice(-count).join('\n');
