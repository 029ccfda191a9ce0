import { createHash } from 'node:crypto';
import { HubError } from '#domain/errors.ts';
import { changedFields, patched } from '#domain/people/fields.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { identities, people } from '#storage/collections.ts';
import { everyRecord } from '../../access/reading.ts';
import { personLabel } from '../../access/subject.ts';
import type { Services } from '../../services.ts';
import { identityId } from '../../sources/identities.ts';
import { newFrom, type ProvedIdentity, updateFrom } from '../../sources/meet.ts';
import { type DirectoryEntry, DirectoryTrouble } from '../port.ts';
import { provedOf } from '../proved.ts';
import { type DirectorySource, directorySettingsOf } from '../settings.ts';

/** Somebody of the directory who is to be made here, or cannot be. */
export interface Newcomer {
  /** As the directory calls them: the mapped name, address or user name. */
  readonly label: string;
  readonly proved: ProvedIdentity;
}

export interface Changed {
  readonly person: string;
  readonly label: string;
  readonly fields: readonly string[];
  readonly proved: ProvedIdentity;
}

export interface Gone {
  readonly person: string;
  readonly label: string;
  /** No entry any more, or one that is ended there. */
  readonly why: 'missing' | 'ended';
}

export interface SyncPlan {
  /** Entries of the directory. */
  readonly seen: number;
  /** Active people here that are linked to it. */
  readonly linked: number;
  readonly appear: readonly Newcomer[];
  /** Not here, and not made: their name or address belongs to an account, or makes none. */
  readonly left: readonly (Newcomer & { readonly because: 'taken' | 'unfit' })[];
  readonly change: readonly Changed[];
  readonly gone: readonly Gone[];
  readonly same: number;
  /** Stands for all of this: doing exactly it, or nothing. */
  readonly digest: string;
}

/**
 * Compares a directory with the people here. Everybody is walked, or there is no plan.
 * @param atMost more entries than this are too many for who asks
 * @throws HubError `directory-away`, `too-large`
 */
export async function planSync(
  services: Services,
  source: DirectorySource,
  atMost = Number.POSITIVE_INFINITY,
): Promise<SyncPlan> {
  const known = new Map<string, string>();
  for await (const { id, person } of everyRecord(services.store, identities, { where: { source: source.id } }))
    known.set(id, person);
  const appear: Newcomer[] = [];
  const left: (Newcomer & { because: 'taken' | 'unfit' })[] = [];
  const change: Changed[] = [];
  const gone: Gone[] = [];
  const met = new Set<string>();
  let [seen, linked, same] = [0, 0, 0];
  for await (const entry of everybody(services, source)) {
    seen += 1;
    if (seen > atMost) throw new HubError('too-large', `${source.title} has more than ${atMost} entries`);
    const proved = provedOf(source, entry);
    const id = identityId(proved);
    const owner = known.get(id);
    if (owner === undefined) {
      // Who is ended there is not begun here.
      const fit = isEnded(entry) ? undefined : await newFrom(services, source, proved);
      if (fit === undefined || ('because' in fit && fit.because === 'create-off')) continue;
      const newcomer = { label: labelOf(entry), proved };
      if (!('because' in fit)) appear.push(newcomer);
      else if (fit.because !== 'create-off') left.push({ ...newcomer, because: fit.because });
      continue;
    }
    met.add(id);
    const person = await services.store.get(people, owner);
    if (person?.status !== 'active') continue;
    linked += 1;
    const label = personLabel(person);
    if (isEnded(entry)) {
      gone.push({ person: person.id, label, why: 'ended' });
      continue;
    }
    const before = fieldsOf(person);
    const { patch } = await updateFrom(services, source, person, proved);
    const fields = changedFields(before, patched(patch, before));
    if (fields.length === 0) same += 1;
    else change.push({ person: person.id, label, fields, proved });
  }
  for (const [id, owner] of known) {
    if (met.has(id)) continue;
    const person = await services.store.get(people, owner);
    if (person?.status !== 'active') continue;
    linked += 1;
    gone.push({ person: person.id, label: personLabel(person), why: 'missing' });
  }
  const lists = { appear, left, change, gone };
  return { seen, linked, ...lists, same, digest: digestOf(source, lists) };
}

async function* everybody(services: Services, source: DirectorySource): AsyncGenerator<DirectoryEntry> {
  try {
    for await (const page of services.directories.walk(directorySettingsOf(services, source))) yield* page;
  } catch (fault) {
    if (!(fault instanceof DirectoryTrouble)) throw fault;
    throw new HubError('directory-away', `${source.title} cannot be walked: ${fault.message}`, { cause: fault });
  }
}

const isEnded = ({ trouble }: DirectoryEntry): boolean =>
  trouble === 'directory-disabled' || trouble === 'directory-expired';

function labelOf({ attributes, subject }: DirectoryEntry): string {
  const first = (name: string) => attributes[name]?.[0];
  return first('displayName') ?? first('mail') ?? first('uid') ?? first('sAMAccountName') ?? subject;
}

function digestOf(
  source: DirectorySource,
  { appear, change, gone }: Pick<SyncPlan, 'appear' | 'change' | 'gone'>,
): string {
  const told = [
    source.id,
    appear.map(({ proved }) => [proved.subject, proved.values]),
    change.map(({ person, fields, proved }) => [person, fields, proved.values]),
    gone.map(({ person, why }) => [person, why]),
  ];
  return createHash('sha256').update(JSON.stringify(told)).digest('base64url').slice(0, 22);
}
