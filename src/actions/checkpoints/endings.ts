import { readCheckpoint } from '#domain/audit/checkpoint.ts';
import type { Settings } from '#settings/settings.ts';
import { people } from '#storage/collections.ts';
import type { Heads } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { allCheckpoints } from './folder.ts';

/** Ids of people whose accounts were disabled or enabled in a stretch of time, as they stood at its end. */
export interface Endings {
  readonly disabled: readonly string[];
  readonly enabled: readonly string[];
}

/** An event may be stored a little after the checkpoint whose time is later than its own. */
const overlapMs = 60_000;

/**
 * Who was disabled, erased or enabled since the last checkpoint. It travels in the checkpoint, so that a backup restored later, when the
 * store with these acts may be gone, does not let a leaver in again.
 */
export async function endingsSince(services: Services, since: string | undefined): Promise<Endings> {
  const from = since === undefined ? undefined : new Date(Date.parse(since) - overlapMs).toISOString();
  const touched = new Set<string>();
  for (const type of ['person.disabled', 'person.enabled', 'person.erased']) {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof services.store.audit.query>> = await services.store.audit.query({
        type,
        limit: 1000,
        ...(from === undefined ? {} : { since: from }),
        ...(cursor === null ? {} : { cursor }),
      });
      for (const { subject } of page.items) if (subject !== undefined) touched.add(subject.id);
      cursor = page.next;
    } while (cursor !== null);
  }
  const disabled: string[] = [];
  const enabled: string[] = [];
  for (const id of [...touched].sort()) {
    const person = await services.store.get(people, id);
    // Whoever was erased stands in a backup from before: there they are at least disabled.
    (person?.status === 'active' ? enabled : disabled).push(id);
  }
  return { disabled, enabled };
}

/** What checkpoints that cover more than these heads know of people disabled and enabled since. */
export function endingsAfter(settings: Pick<Settings, 'data'>, heads: Heads): Endings {
  const disabled = new Set<string>();
  const enabled = new Set<string>();
  for (const { jws } of allCheckpoints(settings)) {
    const checkpoint = readCheckpoint(jws);
    const later = Object.entries(checkpoint.heads).some(([writer, { seq }]) => seq > (heads[writer]?.seq ?? 0));
    if (!later) continue;
    for (const id of checkpoint.people?.enabled ?? []) {
      enabled.add(id);
      disabled.delete(id);
    }
    for (const id of checkpoint.people?.disabled ?? []) {
      disabled.add(id);
      enabled.delete(id);
    }
  }
  return { disabled: [...disabled], enabled: [...enabled] };
}
