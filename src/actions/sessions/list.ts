import type { Services } from '../services.ts';
import { systemByClientId } from '../systems/directory.ts';
import { sessionsOf } from './ending.ts';
import { entriesOf } from './session.ts';

/** A session as its person and the help desk see it. Times in ms. */
export interface SessionView {
  /** The public id. */
  readonly id: string;
  readonly person: string;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly endsAt: number;
  readonly ip?: string;
  readonly agent?: string;
  /** Ids of the systems entered. */
  readonly systems: readonly string[];
}

/** The live sessions of a person, newest first. */
export async function listSessions(services: Services, person: string): Promise<readonly SessionView[]> {
  const now = services.clock.now();
  const views: SessionView[] = [];
  for (const session of await sessionsOf(services, person)) {
    if (session.endsAt <= now) continue;
    const entered: string[] = [];
    for (const entry of entriesOf(session)) {
      const system = await systemByClientId(services, entry.client);
      if (system !== undefined) entered.push(system.id);
    }
    views.push({
      id: session.uid,
      person,
      startedAt: session.startedAt,
      seenAt: session.seenAt,
      endsAt: session.endsAt,
      ...(session.ip === undefined ? {} : { ip: session.ip }),
      ...(session.agent === undefined ? {} : { agent: session.agent }),
      systems: entered,
    });
  }
  return views.sort((a, b) => b.startedAt - a.startedAt);
}
