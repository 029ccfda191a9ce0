import { wholeName } from '#domain/people/whole-name.ts';
import type { MergedPerson } from '#domain/unify/outcome/person.ts';
import type { Stored } from '#storage/collection.ts';
import {
  merges,
  type Person,
  type Proposal,
  type ProposalRow,
  people,
  type UnificationRecord,
} from '#storage/collections.ts';
import { personLabel } from '../access/subject.ts';
import type { Services } from '../services.ts';
import { directoryOf } from './directory.ts';
import { metBy, proposedFor, tiedTo } from './meeting.ts';
import type { Obstacle } from './plan.ts';

/** Whose the rows of a proposal are: an account of the hub with the list whose row leads to it, nobody yet, or nobody can tell. */
export type Owner =
  | {
      readonly account: Stored<Person>;
      readonly by: ProposalRow['list'] | undefined;
    }
  | { readonly account: undefined; readonly by: undefined }
  | { readonly obstacle: Obstacle };

const stop = (code: Obstacle['code'], values: Record<string, string> = {}): Owner => ({ obstacle: { code, values } });

/**
 * Finds the account of a proposal's rows: by decisions before, by a row of the hub's own people, by the login that a system
 * is known to have, and by number and address. With the hub's own people as the directory the last two were weighed when the
 * files were matched: an account that they lead to and matching did not is somebody else's until a person says otherwise.
 */
export async function ownerOf(
  services: Services,
  record: Stored<UnificationRecord>,
  proposal: Stored<Proposal>,
  merged: MergedPerson,
): Promise<Owner> {
  const tied = await tiedTo(services, proposal);
  const known: string[] = [];
  for (const { person } of proposal.rows) {
    if (person === undefined) continue;
    const id = await survivorOf(services, person);
    if ((await services.store.get(people, id)) === undefined) return stop('gone');
    known.push(id);
  }
  const met = await metBy(services, record, proposal.rows, merged);
  const weighed = directoryOf(record) === 'hub';
  const counted = weighed ? met.filter(({ login, person }) => login || isNameless(person)) : met;
  const ids = new Set([...tied.people, ...known, ...counted.map(({ person }) => person.id)]);
  if (ids.size > 1) return stop('two-accounts', { people: [...ids].join(' ') });
  const [id] = ids;
  if (id === undefined) {
    const doubtful = await doubtOf(services, proposal);
    if (doubtful !== undefined) return stop('doubt', { person: doubtful });
    const [other] = met;
    if (other !== undefined) return stop('not-matched', { person: personLabel(other.person) });
    return { account: undefined, by: undefined };
  }
  const account = await services.store.get(people, id);
  if (account === undefined) return stop('gone');
  return {
    account,
    by: tied.lists[0] ?? (known.length > 0 ? 'directory' : counted[0]?.list),
  };
}

/** Whoever has no name could not be told from a namesake: number or address is all there is. */
function isNameless({ nameDerived, givenName, familyName }: Person): boolean {
  return nameDerived === true && givenName === undefined && familyName === undefined;
}

/** Somebody of the directory whom these rows may belong to, while nobody has decided it. */
async function doubtOf(services: Services, proposal: Stored<Proposal>): Promise<string | undefined> {
  if (proposal.kind === 'doubt') return undefined;
  for (const other of await proposedFor(services, proposal.rowKeys)) {
    if (other.kind !== 'doubt' || other.state !== 'open') continue;
    const row = other.rows.find(({ list, at }) => list === 'directory' && other.pair?.includes(`${list}:${at}`));
    if (row !== undefined) return row.cells.name ?? (wholeName(row.cells.given, row.cells.family) || row.id);
  }
  return undefined;
}

/** The account that a person's was merged into since, or their own. */
async function survivorOf({ store }: Services, id: string): Promise<string> {
  const { items } = await store.find(merges, {
    where: { gone: id },
    limit: 200,
  });
  return items.find(({ state }) => state === 'merged')?.survivor ?? id;
}
