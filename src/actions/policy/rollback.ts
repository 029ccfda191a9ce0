import type { Origin } from '#domain/audit/event.ts';
import type { Services } from '../services.ts';
import { refuseInFileMode } from './file-mode.ts';
import { policyVersion } from './history.ts';
import { type Publication, type Published, publishPolicy } from './publish.ts';

/**
 * Puts an old version in force again, as a new one; the same checks hold, since people and systems have changed since.
 * @throws HubError `not-found`, and all that publishing throws.
 */
export async function rollbackPolicy(
  services: Services,
  origin: Origin,
  number: number,
  reason: string,
  options: Pick<Publication, 'overBudget' | 'onTopOf'> = {},
): Promise<Published> {
  refuseInFileMode(services);
  const { text } = await policyVersion(services, number);
  return publishPolicy(services, origin, {
    ...options,
    text,
    reason,
    event: 'policy.rolled-back',
    detail: { to: number },
  });
}
