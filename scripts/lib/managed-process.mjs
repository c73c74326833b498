// One long-running program of ours: started, watched until it is ready, healed when it dies, stopped in order.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { lastLines } from './command.mjs';
import { LogTail, rotateLog } from './log-tail.mjs';
import { forget, record, sleep } from './processes.mjs';
import { printable, seconds, StartError } from './say.mjs';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const HEALTHY_AFTER_MS = 60_000;

export class ManagedProcess {
  #spec;
  #child;
  #exited = Promise.resolve();
  #state = 'new'; // new → starting → running → stopping → stopped
  #delay = FIRST_DELAY_MS;
  #tail;
  #restartTimer;
  #wasReady = false;

  /**
   * spec: { name, command, args, env, cwd, uid, gid, logFile, runDir, ready(): Promise<boolean>,
   *   stopSignal = 'SIGTERM', graceMs = 30000, hurriedGraceMs = 0, readyWithinMs = 60000, restart = true,
   *   showLog = false, reporter }
   */
  constructor(spec) {
    this.#spec = {
      stopSignal: 'SIGTERM',
      graceMs: 30_000,
      hurriedGraceMs: 0,
      readyWithinMs: 60_000,
      restart: true,
      args: [],
      ...spec,
    };
  }

  get name() {
    return this.#spec.name;
  }

  get pid() {
    return this.#child?.pid;
  }

  /** Starts it and resolves when it is ready; a StartError with the end of its log when it gives up before. */
  async start() {
    rotateLog(this.#spec.logFile);
    this.#state = 'starting';
    this.#spawn();
    if (this.#spec.showLog)
      this.#tail = new LogTail(this.#spec.logFile, (text) =>
        this.#spec.reporter.problem(`  ${this.name}: ${text}`),
      );
    await this.#untilReady();
    this.#wasReady = true;
    if (this.#state === 'starting') this.#state = 'running';
    return this;
  }

  #spawn() {
    const { command, args, env, cwd, uid, gid, logFile, runDir, name, stopSignal } = this.#spec;
    const log = openSync(logFile, 'a', 0o600);
    // A process group of its own: Ctrl-C reaches the launcher alone, which then stops everybody in order.
    const child = spawn(command, args, { env, cwd, uid, gid, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    const startedAt = Date.now();
    if (child.pid) record(runDir, name, child.pid, { stopSignal });
    this.#exited = new Promise((resolve) => {
      const over = (code, signal) => {
        if (this.#child !== child) return;
        this.#child = undefined;
        forget(runDir, name);
        this.#onExit(code, signal, startedAt);
        resolve({ code, signal });
      };
      child.once('error', (error) => over(error.code ?? 1, null));
      child.once('exit', over);
    });
  }

  #onExit(code, signal, startedAt) {
    const { restart, reporter, name, logFile } = this.#spec;
    if (this.#state === 'stopping' || this.#state === 'stopped') return;
    // Before it was ever ready, an exit of its own means that it refused to start: #untilReady tells.
    if (!this.#wasReady && signal === null) {
      this.#state = 'stopped';
      return;
    }
    if (!restart) {
      this.#state = 'stopped';
      reporter.problem(`  ${name} ended (${signal ?? `exit ${code}`}); its log: ${logFile}`);
      return;
    }
    if (Date.now() - startedAt > HEALTHY_AFTER_MS) this.#delay = FIRST_DELAY_MS;
    const delay = this.#delay;
    this.#delay = Math.min(delay * 2, LONGEST_DELAY_MS);
    reporter.problem(
      `  ${name} ended by itself (${signal ?? `exit ${code}`}); starting it again in ${delay / 1000} s. Its log: ${logFile}`,
    );
    this.#restartTimer = setTimeout(() => this.#heal(), delay);
  }

  async #heal() {
    if (this.#state === 'stopping' || this.#state === 'stopped') return;
    const since = Date.now();
    try {
      this.#spawn();
      await this.#untilReady();
      if (this.#child) this.#spec.reporter.line(`  ${this.name} is ready again (${seconds(since)})`);
    } catch (error) {
      // It is alive but not ready, or has ended again (then #onExit has set the next try): both are shown.
      if (this.#state !== 'stopping' && this.#state !== 'stopped')
        this.#spec.reporter.problem(`  ${printable(error.message.split('\n')[0])}`);
    }
  }

  async #untilReady() {
    const { ready, readyWithinMs, name, logFile } = this.#spec;
    const deadline = Date.now() + readyWithinMs;
    for (;;) {
      if (this.#state === 'stopping') return;
      if (this.#state === 'stopped')
        throw new StartError(`${name} did not start. The end of its log (${logFile}):\n${this.logEnd()}`);
      if (this.#child && (await ready().catch(() => false))) return;
      if (Date.now() > deadline) {
        throw new StartError(
          `${name} was not ready within ${readyWithinMs / 1000} s. The end of its log (${logFile}):\n${this.logEnd()}`,
        );
      }
      await sleep(100);
    }
  }

  /** The last lines of its log, without control bytes. */
  logEnd(count = 15) {
    try {
      return lastLines(readFileSync(this.#spec.logFile, 'utf8').slice(-16_384), count)
        .split('\n')
        .map((text) => `    ${printable(text)}`)
        .join('\n');
    } catch {
      return '    (empty)';
    }
  }

  /** Stops it for good. `hurry` (a promise) cuts the grace time short when it resolves. */
  async stop(hurry = new Promise(() => {})) {
    const { stopSignal, graceMs, hurriedGraceMs } = this.#spec;
    clearTimeout(this.#restartTimer);
    const child = this.#child;
    this.#state = 'stopping';
    if (child) {
      child.kill(stopSignal);
      const ended = this.#exited.then(() => true);
      const grace = Promise.race([pause(graceMs), hurry.then(() => pause(hurriedGraceMs))]).then(() => false);
      if (!(await Promise.race([ended, grace]))) {
        this.#spec.reporter.problem(`  ${this.name} did not stop in time and was ended`);
        child.kill('SIGKILL');
        await this.#exited;
      }
    }
    this.#state = 'stopped';
    this.#tail?.close();
  }
}

// Unlike `sleep`, doesn't hold the launcher open when the process it waits for has long ended.
const pause = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
