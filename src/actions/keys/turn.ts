import type { Change } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { turnOf } from '../turn.ts';

/** Marks the condition of this file, so that whoever meets its conflict knows to look again. */
export const keysTag = 'keys';

/** Of several steps of the keys at the same moment one passes, so that there are never two active keys of one algorithm. */
export function turnOfKeys(services: Pick<Services, 'store'>): Promise<Change> {
  return turnOf(services, 'keys', keysTag);
}
