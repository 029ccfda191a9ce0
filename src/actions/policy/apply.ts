import type { Origin } from '#domain/audit/event.ts';
import type { Services } from '../services.ts';
import { refuseInFileMode } from './file-mode.ts';
import { type Publication, type Published, publishPolicy } from './publish.ts';

/** Publishes a policy that somebody hands in: command line, API or console. @throws all that publishing throws. */
export async function applyPolicy(
  services: Services,
  origin: Origin,
  text: string,
  reason: string,
  options: Pick<Publication, 'overBudget'> = {},
): Promise<Published> {
  refuseInFileMode(services);
  return publishPolicy(services, origin, { ...options, text, reason });
}
