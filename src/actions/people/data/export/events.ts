import type { AuditEvent, JsonObject } from '#domain/audit/event.ts';
import type { Services } from '../../../services.ts';
import { anotherPerson, type Others } from './others.ts';

/** One event of the record as an export of a person shows it: its personal part opened and put where it belongs. */
export interface ExportedEvent {
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly outcome: string;
  readonly actor: { readonly kind: string; readonly id?: string };
  readonly subject?: string;
  readonly system?: string;
  readonly via?: string;
  readonly session?: string;
  /** From where the person acted; another's address is not told. */
  readonly ip?: string;
  readonly agent?: string;
  readonly detail?: JsonObject;
  readonly before?: JsonObject;
  readonly after?: JsonObject;
}

/** Names of colleagues stand under these in details. */
const namesOfOthers = new Set(['owner']);

/**
 * The events that a person did or was subject of, oldest first, account by account.
 * @param ids of all accounts of the person. @param until ISO instant, exclusive
 */
export async function* eventsAbout(
  { store }: Services,
  ids: readonly string[],
  others: Others,
  until: string,
): AsyncGenerator<ExportedEvent> {
  const told = new Set<string>();
  for (const person of ids) {
    let cursor: string | null | undefined;
    do {
      const query = { person, until, order: 'oldest', limit: 200 } as const;
      const page = await store.audit.query({ ...query, ...(cursor ? { cursor } : {}) });
      for (const event of page.items) {
        const before = [event.actor.id, event.subject?.id].some((id) => id !== undefined && told.has(id));
        if (!before) yield await exported(event, others);
      }
      cursor = page.next;
    } while (cursor !== null);
    told.add(person);
  }
}

async function exported(event: AuditEvent, others: Others): Promise<ExportedEvent> {
  const { id, at, type, outcome, actor, subject, system, via, session, personal } = event;
  const bySelf = others.isSelf(actor.id);
  const byAnother = actor.kind === 'person' && !bySelf;
  // What somebody did to another is that one's affair; that it was done is the person's own.
  const aboutOther = subject !== undefined && !others.isSelf(subject.id);
  const part = async (name: 'detail' | 'before' | 'after'): Promise<JsonObject | undefined> => {
    if (aboutOther) return undefined;
    // Without a subject it is work on something else (rows of a file, a policy), whose personal part speaks of others.
    const own = subject === undefined ? undefined : personal?.[name];
    const all = Object.entries({ ...event[name], ...own }).filter(([key]) => !namesOfOthers.has(key));
    return all.length === 0 ? undefined : ((await others.without(Object.fromEntries(all))) as JsonObject);
  };
  const shown = {
    ...{ id, at, type, outcome },
    actor: byAnother ? { kind: 'person', id: anotherPerson } : { ...actor },
    subject: subject === undefined ? undefined : aboutOther ? anotherPerson : subject.id,
    ...{ system, via },
    session: byAnother ? undefined : session,
    ip: bySelf ? personal?.ip : undefined,
    agent: bySelf ? personal?.agent : undefined,
    detail: await part('detail'),
    before: await part('before'),
    after: await part('after'),
  };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined)) as unknown as ExportedEvent;
}
