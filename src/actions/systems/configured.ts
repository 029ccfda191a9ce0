import { HubError } from '#domain/errors.ts';
import type { System } from '#storage/collections.ts';

/**
 * Refuses what the next start would undo: the configuration is the truth of what it describes (contract.md, "Settings").
 * @throws HubError `conflict`
 */
export function refuseConfigured({ origin }: Pick<System, 'origin'>, what: string): void {
  if (origin !== 'config') return;
  throw new HubError(
    'conflict',
    `This system is kept in the configuration file. Change ${what} there and restart the hub`,
  );
}
