import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SettingsError } from './faults.ts';
import type { Settings } from './settings.ts';

/** Where the secret of a hub lies that was not given one. */
export function secretFile(settings: Settings): string {
  return join(settings.data, 'secret');
}

/**
 * The master key: from the settings, or made once and kept under `data` for the hub's own user alone.
 *
 * @throws SettingsError when a store exists whose secret is gone: a new one would open nothing of it.
 */
export function ensureSecret(settings: Settings): string {
  if (settings.secret !== undefined) return settings.secret;
  const file = secretFile(settings);
  if (!existsSync(file)) {
    if (settings.store.kind === 'sqlite' && existsSync(settings.store.file)) {
      const message = `is missing: ${settings.store.file} was sealed with a secret that is not at ${file}; put it back, or set HUB_SECRET`;
      throw new SettingsError([{ path: 'secret', message }]);
    }
    make(file);
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret !== '') return secret;
  throw new SettingsError([{ path: 'secret', message: `${file} is empty; put the secret back from a backup` }]);
}

/** Exclusive, so that of two first starts one makes it and the other reads it; on disk before anything is sealed with it. */
function make(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let handle: number;
  try {
    handle = openSync(file, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
  try {
    writeSync(handle, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
