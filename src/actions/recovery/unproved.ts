import { draft, type Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { credentials, type Identity, identities, type Person, people, sources } from '#storage/collections.ts';
import type { Change, Commit } from '#storage/port.ts';
import { endRecoveryCodes } from '../factors/recovery-codes.ts';
import { factorsOf } from '../factors/remove.ts';
import { turnOfFactors } from '../factors/turn.ts';
import { credentialNotice } from '../mail/notices.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';
import { directoryIssuer, identitiesOf } from '../sources/identities.ts';

/**
 * What recovery by mail ends beside the sessions. An identity whose source brought the account's address without vouching for it may be
 * anybody's: an account laid in wait for the owner of the mailbox. Now that the owner has come, every identity goes that was linked
 * meanwhile, and every second factor that was set up; also when that first identity was unlinked since (`addressUnvouched`).
 *
 * @returns what to commit with the new password; nothing for an account whose address no such identity brought
 */
export async function endUnproved(services: Services, origin: Origin, person: Stored<Person>): Promise<Commit> {
  const linked = await identitiesOf(services, person.id);
  const marked = person.addressUnvouched === true;
  if (!marked && !(await anyUnvouched(services, linked))) return { changes: [] };
  const who = await about(services, origin, person);
  const why = 'address-unproved';
  const turn = await turnOfFactors(services, person.id);
  const factors = await factorsOf(services, person.id);
  const proved: Change = {
    kind: 'update',
    collection: people,
    id: person.id,
    where: { addressUnvouched: true },
    set: { addressUnvouched: false },
  };
  const changes: Change[] = [
    ...(marked ? [proved] : []),
    turn,
    ...linked.map(({ id, version }): Change => ({ kind: 'remove', collection: identities, id, ifVersion: version })),
    ...factors.map(({ id, version }): Change => ({ kind: 'remove', collection: credentials, id, ifVersion: version })),
    ...(await endRecoveryCodes(services, person.id)),
    ...credentialNotice(services, origin, person, 'factors-reset'),
  ];
  const unlinked = linked.map(({ source, issuer }) =>
    draft(origin, 'person.unlinked', 'success', { ...who, detail: { source, issuer, why } }),
  );
  const removed = factors.map(({ kind }) =>
    draft(origin, 'credential.removed', 'success', { ...who, detail: { kind, why } }),
  );
  return { changes, events: [...unlinked, ...removed] };
}

async function anyUnvouched({ store }: Services, linked: readonly Stored<Identity>[]): Promise<boolean> {
  for (const { unvouched, made, source, issuer } of linked) {
    if (unvouched === true) return true;
    // Records from before this was kept: whom a source made that is not trusted with addresses.
    const kept = unvouched !== undefined || !made || issuer === directoryIssuer(source);
    if (!kept && (await store.get(sources, source))?.trustEmail !== true) return true;
  }
  return false;
}
