import { lstat, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { countDrop, countFailure, metrics, type Logger } from '@parapet/telemetry';
import type { Backpressure } from '../../pipeline/backpressure.js';
import type { InDoubt } from '../../pipeline/in-doubt.js';
import type { Intake } from '../../pipeline/intake.js';
import type { Placement } from '../../pipeline/placement.js';
import type { Publisher } from '../../pipeline/publisher.js';
import { fileSender, type Sender } from '../../pipeline/sender.js';
import type { LogSource } from '../log-source.js';
import { forgetProgress, type DropProgress } from './drop-progress.js';
import { readDropFile } from './drop-file.js';
import { loadOptions, optionsPath, resultPath } from './drop-options.js';

export interface FileDropParts {
  intake: Pick<Intake, 'receive' | 'holdsOff'>;
  placement: Pick<Placement, 'slugs' | 'bySlug'>;
  backpressure: Pick<Backpressure, 'paused'>;
  publisher: Pick<Publisher, 'stalled'>;
  inDoubt: Pick<InDoubt, 'told' | 'untold'>;
  logger: Logger;
}

const LOOK_EVERY_MS = 1000;
/** A file counts as whole when nothing was written to it for this long. */
const QUIET_MS = 2000;
const WAIT_MS = 100;
const REPORT_EVERY_MS = 5000;
/** Names under which programs write what is not whole yet. */
const UNFINISHED = /^\.|\.(?:tmp|part|partial|filepart|crdownload|swp)$|~$/i;

/**
 * Files that are put into `<dir>/<tenant slug>/` are read, unpacked (gzip, zstd), and moved to `done/`, or to `failed/`
 * with the reason beside them. One file a tenant at a time; tenants don't wait for each other. A reading that was cut off
 * goes on where Redis had taken the lines.
 */
export class FileDrop implements LogSource {
  readonly name = 'file';
  private stopping = false;
  private loop: Promise<void> | undefined;
  private readonly busy = new Map<string, Promise<void>>();
  private readonly strangers = new Set<string>();

  constructor(
    private readonly dir: string,
    private readonly parts: FileDropParts,
  ) {}

  async start(): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o750 });
    this.loop = this.look();
    this.parts.logger.info({ dir: this.dir }, 'file drop watches');
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.loop;
    // A part that Redis does not take in time is read again by the next process, and recognised.
    await Promise.race([Promise.all(this.busy.values()), sleep(3000)]);
  }

  private async look(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.visit();
      } catch (error) {
        countFailure('file', 'look');
        this.parts.logger.error({ err: error, dir: this.dir }, 'the drop directory can’t be read');
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  private async visit(): Promise<void> {
    for (const slug of this.parts.placement.slugs()) {
      await mkdir(join(this.dir, slug), { recursive: true, mode: 0o750 });
    }
    for (const entry of await readdir(this.dir, { withFileTypes: true })) {
      const slug = entry.name;
      if (!entry.isDirectory() || this.busy.has(slug)) continue;
      if (this.parts.placement.bySlug(slug) === undefined) this.stranger(slug);
      else
        this.busy.set(
          slug,
          this.tenant(slug).finally(() => this.busy.delete(slug)),
        );
    }
  }

  private stranger(slug: string): void {
    if (this.strangers.has(slug)) return;
    this.strangers.add(slug);
    countFailure('file', 'unknown_tenant');
    this.parts.logger.warn({ dir: join(this.dir, slug) }, 'no active tenant has this name; its files stay');
  }

  private async tenant(slug: string): Promise<void> {
    const dir = join(this.dir, slug);
    try {
      for (const name of (await readdir(dir)).sort()) {
        if (this.stopping) return;
        if (UNFINISHED.test(name)) continue;
        const stats = await lstat(join(dir, name));
        if (
          stats.isFile() &&
          Date.now() - stats.mtimeMs >= QUIET_MS &&
          Date.now() - stats.ctimeMs >= QUIET_MS
        )
          await this.file(slug, dir, name);
      }
    } catch (error) {
      countFailure('file', 'tenant');
      this.parts.logger.error({ err: error, dir }, 'files of a tenant can’t be read; they are tried again');
    }
  }

  private async file(slug: string, dir: string, name: string): Promise<void> {
    const { placement, intake, inDoubt, logger } = this.parts;
    const route = placement.bySlug(slug);
    if (route === undefined) return;
    const options = await loadOptions(dir, name);
    const read = {
      ...route,
      sourceType: options.type ?? route.sourceType,
      timeZone: options.timeZone ?? route.timeZone,
    };
    const senderAt = (modified: number) => fileSender(`file:${name}`, { name, route: read }, modified);
    const progressPath = join(dir, '.progress', `${name}.json`);
    const onProgress = reporter(slug, name, logger);
    try {
      const { progress, done } = await readDropFile(join(dir, name), progressPath, senderAt, {
        intake,
        inDoubt,
        room: (sender) => this.room(sender),
        stopped: () => this.stopping,
        onProgress,
      });
      if (!done) return;
      if (options.report) await report(dir, name, { outcome: 'done', lines: progress.lines });
      await this.moveTo('done', dir, name);
      metrics.files.inc({ tenant: slug, outcome: 'done' });
      logger.info(
        { tenant: slug, file: name, lines: progress.lines },
        `${slug}/${name}: done, ${progress.lines} lines`,
      );
    } catch (error) {
      countDrop(slug, 'unreadable_file');
      metrics.files.inc({ tenant: slug, outcome: 'failed' });
      logger.error(
        { err: error, tenant: slug, file: name },
        `${slug}/${name}: can’t be read further; moved to failed/`,
      );
      const reason = error instanceof Error ? error.message : String(error);
      if (options.report) await report(dir, name, { outcome: 'failed', reason });
      const moved = await this.moveTo('failed', dir, name);
      await writeFile(
        `${moved}.reason.txt`,
        `${reason}\nWhat stood before that place was read. Mend the file and put it back.\n`,
      );
    }
    await forgetProgress(progressPath);
    await forgetProgress(optionsPath(dir, name));
  }

  private async room(sender: Sender): Promise<void> {
    const { backpressure, publisher, intake } = this.parts;
    while (!this.stopping && (backpressure.paused || publisher.stalled || intake.holdsOff(sender)))
      await sleep(WAIT_MS);
  }

  /** Never over a file of the same name. Returns where the file is now. */
  private async moveTo(folder: 'done' | 'failed', dir: string, name: string): Promise<string> {
    await mkdir(join(dir, folder), { recursive: true, mode: 0o750 });
    let target = join(dir, folder, name);
    for (let n = 1; await exists(target); n++) target = join(dir, folder, `${name}.${n}`);
    await rename(join(dir, name), target);
    return target;
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

type Outcome = { outcome: 'done'; lines: number } | { outcome: 'failed'; reason: string };

async function report(dir: string, name: string, outcome: Outcome): Promise<void> {
  await mkdir(join(dir, '.progress'), { recursive: true });
  await writeFile(resultPath(dir, name), JSON.stringify(outcome));
}

/** A line of progress every five seconds. */
function reporter(slug: string, name: string, logger: Logger): (progress: DropProgress) => void {
  let reportedAt = Date.now();
  return ({ lines, bytes, size }) => {
    if (Date.now() - reportedAt < REPORT_EVERY_MS) return;
    reportedAt = Date.now();
    const percent = size === 0 ? 100 : Math.floor((bytes / size) * 100);
    logger.info(
      { tenant: slug, file: name, lines, bytes, size },
      `${slug}/${name}: ${percent} %, ${lines} lines`,
    );
  };
}
