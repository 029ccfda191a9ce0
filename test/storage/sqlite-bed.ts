import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#platform/clock.ts';
import { systemClock } from '#platform/clock.ts';
import { createSealer } from '#platform/seal.ts';
import { openSqlite, type SqliteEngine, type SqliteOptions } from '#storage/sqlite/engine.ts';

/** A path for a store of its own. */
export function newFile(): string {
  return join(mkdtempSync(join(tmpdir(), 'gatehouse-store-')), 'hub.db');
}

export function open(
  file: string,
  more: Partial<SqliteOptions> & { secret?: string; clock?: Clock } = {},
): Promise<SqliteEngine> {
  const { secret, ...options } = more;
  return openSqlite({ file, clock: systemClock, seal: createSealer(secret ?? 'a secret for tests'), ...options });
}
