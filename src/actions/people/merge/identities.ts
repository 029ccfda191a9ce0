import { identities } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from '../../services.ts';
import { identitiesOf } from '../../sources/identities.ts';

/**
 * Moves identities of sources from one account to the other, so that whoever signs in by one goes on to come to the account that stands.
 * @param only these, by id, when the merge is undone; those that went elsewhere meanwhile stay there
 */
export async function movedIdentities(
  services: Services,
  from: string,
  to: string,
  only?: readonly string[],
): Promise<{ ids: string[]; changes: Change[] }> {
  const ids = (await identitiesOf(services, from)).map(({ id }) => id).filter((id) => only?.includes(id) ?? true);
  const changes = ids.map(
    (id): Change => ({ kind: 'update', collection: identities, id, where: { person: from }, set: { person: to } }),
  );
  return { ids, changes };
}
