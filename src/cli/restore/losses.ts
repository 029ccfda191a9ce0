import { existsSync } from 'node:fs';
import type { AuditEvent } from '#domain/audit/event.ts';
import type { Sealer } from '#platform/seal.ts';
import type { Surroundings } from '#src/services.ts';
import type { Heads } from '#storage/port.ts';
import { openSqlite } from '#storage/sqlite/engine.ts';

/** An act that the store being replaced knows and the backup does not. */
export interface Lost {
  readonly at: string;
  readonly type: string;
  readonly subject?: string;
  readonly system?: string;
}

/** Acts whose traces die with the old epoch anyway; they are counted, not listed. */
const passing = ['session.', 'token.', 'entry.', 'signin.', 'logout.', 'request.', 'delegated.', 'decision.', 'audit.'];

/**
 * What was done after the backup was made, as far as the store that is being replaced can still tell.
 *
 * @returns undefined when there is no such store or it cannot be read.
 */
export async function lossesSince(
  file: string,
  heads: Heads,
  seal: Sealer,
  { clock }: Surroundings,
): Promise<{ acts: Lost[]; passing: number } | undefined> {
  if (!existsSync(file)) return undefined;
  try {
    const engine = await openSqlite({ file, clock, seal, readOnly: true });
    try {
      const acts: Lost[] = [];
      let count = 0;
      for await (const event of engine.audit.export({})) {
        if (event.seq <= (heads[event.writer]?.seq ?? 0)) continue;
        if (passing.some((prefix) => event.type.startsWith(prefix))) count += 1;
        else acts.push(lost(event));
      }
      return { acts, passing: count };
    } finally {
      await engine.close();
    }
  } catch {
    // A broken store is a reason to restore; it cannot be one not to.
    return undefined;
  }
}

function lost({ at, type, subject, system }: AuditEvent): Lost {
  return {
    at,
    type,
    ...(subject === undefined ? {} : { subject: subject.id }),
    ...(system === undefined ? {} : { system }),
  };
}
