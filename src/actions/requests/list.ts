import { type AccessRequest, accessRequests, people } from '#storage/collections.ts';
import type { Page } from '#storage/port.ts';
import { isWithin } from '../people/rights.ts';
import { scan } from '../scan.ts';
import type { Services } from '../services.ts';

/**
 * A page of the requests in one state, the oldest first.
 * @param asked.within requests for people of these departments alone
 */
export async function listRequests(
  { store }: Services,
  asked: {
    readonly state: AccessRequest['state'];
    readonly newest?: boolean;
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly within?: readonly string[] | undefined;
  },
): Promise<Page<AccessRequest>> {
  const { state, newest = false, limit, cursor, within } = asked;
  const query = { where: { state }, sort: newest ? '-id' : 'id' };
  return scan(
    limit,
    cursor,
    (most, from) =>
      store.find(accessRequests, { ...query, limit: most, ...(from === undefined ? {} : { cursor: from }) }),
    async ({ person }) => {
      if (within === undefined) return true;
      const record = await store.get(people, person);
      return record !== undefined && isWithin({ within }, record);
    },
  );
}
