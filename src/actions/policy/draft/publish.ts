import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { policyDrafts } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../../services.ts';
import { refuseInFileMode } from '../file-mode.ts';
import { type Publication, type Published, publishPolicy } from '../publish.ts';
import { endOfDraft, policyDraft } from './draft.ts';

/**
 * Puts the draft in force as the next version; the draft ends in the same commit.
 * @param ifVersion the version of the draft that was looked at
 * @throws all that publishing throws; HubError `stale` when the draft was changed or another version published meanwhile
 */
export async function publishDraft(
  services: Services,
  origin: Origin,
  ifVersion: number,
  publication: Pick<Publication, 'reason' | 'overBudget'>,
): Promise<Published> {
  refuseInFileMode(services);
  const draft = await policyDraft(services);
  if (draft.version === 0) throw new HubError('not-found', 'There is no draft');
  if (draft.version !== ifVersion) throw new HubError('stale');
  try {
    const { text, base, version } = draft;
    return await publishPolicy(services, origin, {
      ...publication,
      text,
      onTopOf: base,
      changes: [endOfDraft(version)],
    });
  } catch (error) {
    if (error instanceof CommitConflict && error.change.collection === policyDrafts) {
      throw new HubError('stale', undefined, { cause: error });
    }
    throw error;
  }
}
