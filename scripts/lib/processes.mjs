// Recognises processes of an earlier start: a pid alone may be somebody else's by now, pid + start time may not.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** When the process started (opaque text), or undefined when it is gone or only waits to be reaped. */
export function startTimeOf(pid) {
  try {
    if (process.platform !== 'linux') {
      const [state, ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
        encoding: 'utf8',
      })
        .trim()
        .split(/\s+/);
      return state.startsWith('Z') ? undefined : started.join(' ');
    }
    // proc(5): the command stands in brackets and may hold anything, so count fields behind the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export const recordFile = (runDir, name) => join(runDir, `${name}.json`);

/** Writes who runs as `name`; the next start looks there for what an interrupted launcher left behind. */
export function record(runDir, name, pid, more = {}) {
  writeFileSync(
    recordFile(runDir, name),
    JSON.stringify({ name, pid, startTime: startTimeOf(pid), ...more }),
    { mode: 0o600 },
  );
}

export const forget = (runDir, name) => rmSync(recordFile(runDir, name), { force: true });

/** All recorded processes that are still alive and really ours: [{ name, pid, stopSignal, … }]. */
export function recorded(runDir) {
  const alive = [];
  for (const file of readdirSync(runDir).filter((name) => name.endsWith('.json'))) {
    let entry;
    try {
      entry = JSON.parse(readFileSync(join(runDir, file), 'utf8'));
    } catch {
      continue; // cut off in the middle of writing: nothing to recognise
    }
    if (!Number.isInteger(entry.pid) || entry.startTime === undefined) continue;
    if (startTimeOf(entry.pid) === entry.startTime) alive.push(entry);
  }
  return alive;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Ends a process of an earlier start: the polite signal, then SIGKILL after `graceMs`. */
export async function endProcess({ pid, startTime, stopSignal = 'SIGTERM' }, graceMs = 30_000) {
  const send = (signal) => {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  send(stopSignal);
  const deadline = Date.now() + graceMs;
  while (startTimeOf(pid) === startTime) {
    if (Date.now() > deadline) {
      send('SIGKILL');
      await sleep(500);
      return;
    }
    await sleep(50);
  }
}
