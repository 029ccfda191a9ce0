import { sessions } from '#storage/collections.ts';
import { everyRecord } from '../../access/reading.ts';
import type { Services } from '../../services.ts';
import { entriesOf } from '../../sessions/session.ts';
import { systemDirectory } from '../../systems/directory.ts';
import type { Effect } from '../what-if/question.ts';

/** A sign-in that is open and whose person would hold other rights in a system that they are in. */
export interface AffectedSession {
  /** The public id. */
  readonly id: string;
  readonly personId: string;
  readonly person: string;
  readonly name: string;
  /** Ids of the systems entered in which something changes. */
  readonly systems: readonly string[];
}

/** The open sessions in which a change would be felt at the next token. */
export async function affectedSessions(services: Services, effect: Effect): Promise<AffectedSession[]> {
  const changed = new Map(
    effect.affected.flatMap((one) => {
      const { gains = [], losses = [] } = effect.deltas[one.delta] ?? {};
      const touched = new Set([...gains, ...losses].map(({ system }) => system));
      return touched.size === 0 ? [] : [[one.id, { ...one, touched }] as const];
    }),
  );
  if (changed.size === 0) return [];
  const { all } = await systemDirectory(services);
  const byClient = new Map(all.map(({ id, clientId }) => [clientId, id]));
  const now = services.clock.now();
  const found: AffectedSession[] = [];
  for await (const session of everyRecord(services.store.engine, sessions)) {
    const person = changed.get(session.account);
    if (person === undefined || session.endsAt <= now) continue;
    const entered = entriesOf(session)
      .map(({ client }) => byClient.get(client))
      .filter((id) => id !== undefined && person.touched.has(id)) as string[];
    if (entered.length === 0) continue;
    found.push({ id: session.uid, personId: person.id, person: person.person, name: person.name, systems: entered });
  }
  return found.sort((a, b) => a.name.localeCompare(b.name));
}
