import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingsError } from '@parapet/errors';
import { loadSettings } from './load-settings.js';

const problemsOf = (load: () => unknown) => {
  try {
    load();
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
};

describe('loadSettings', () => {
  it('has a default for everything that a first start does not know', () => {
    const settings = loadSettings([], {});
    expect(settings).toMatchObject({
      HOST: '127.0.0.1',
      HTTP_PORT: 3000,
      SYSLOG_UDP_PORT: 5514,
      SYSLOG_TLS_PORT: 6514,
      SEED: 'none',
    });
  });

  it('lists every problem by name and shows no value', () => {
    const error = problemsOf(() =>
      loadSettings(['DATABASE_URL'], { HTTP_PORT: 'hunter2', JWT_SECRET: 'hunter2', SEED: 'hunter2' }),
    );
    expect(error.problems.map((p) => p.name).sort()).toEqual([
      'DATABASE_URL',
      'HTTP_PORT',
      'JWT_SECRET',
      'SEED',
    ]);
    expect(error.message).not.toContain('hunter2');
  });

  it('reads NAME_FILE, and refuses it together with NAME', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'secret');
    writeFileSync(file, `${'s'.repeat(40)}\n`);
    expect(loadSettings(['JWT_SECRET'], { JWT_SECRET_FILE: file }).JWT_SECRET).toBe('s'.repeat(40));
    expect(
      problemsOf(() => loadSettings([], { JWT_SECRET_FILE: file, JWT_SECRET: 'x'.repeat(40) })).problems,
    ).toHaveLength(1);
    expect(problemsOf(() => loadSettings([], { JWT_SECRET_FILE: `${file}.missing` })).problems[0]?.name).toBe(
      'JWT_SECRET_FILE',
    );
  });
});
