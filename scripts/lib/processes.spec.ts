import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, record, recorded, startTimeOf } from './processes.mjs';

describe('processes of an earlier start', () => {
  const dir = mkdtempSync(join(tmpdir(), 'parapet-processes-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('are recognised by pid and start time, not by pid alone', () => {
    writeFileSync(
      join(dir, 'other.json'),
      JSON.stringify({ name: 'other', pid: process.pid, startTime: '1' }),
    );
    record(dir, 'mine', process.pid);
    expect(recorded(dir).map((entry: { name: string }) => entry.name)).toEqual(['mine']);
  });

  it('are ended with SIGKILL when they don’t heed the polite signal', async () => {
    const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await endProcess({ pid: child.pid, startTime: startTimeOf(child.pid) }, 200);
    expect(await ended).toBe('SIGKILL');
  });
});
