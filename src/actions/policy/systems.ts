import type { KnownSystem } from '#domain/policy/document.ts';
import { committedSystems } from '../access/reading.ts';
import type { Services } from '../services.ts';

/** The systems that a policy may name: those of the configuration and of the store. */
export async function systemsForPolicy({
  settings,
  store,
}: Pick<Services, 'settings' | 'store'>): Promise<KnownSystem[]> {
  const known = [...settings.systems, ...(await committedSystems(store))];
  return [...new Map(known.map(({ id, side }) => [id, { id, side }])).values()];
}
