import { breakGlass } from '#storage/collections.ts';
import type { Services } from '../services.ts';

export const glassRecordId = 'account';

/** Id of the sealed account's person, if codes were ever printed. */
export async function glassAccountId(services: Pick<Services, 'store'>): Promise<string | undefined> {
  return (await services.store.get(breakGlass, glassRecordId))?.person;
}
