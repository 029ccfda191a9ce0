import { HubError } from '#domain/errors.ts';
import type { ClaimsSize } from './what-if/question.ts';

/** So many people are named for each system. */
const mostNamed = 20;

/**
 * Refuses a policy under which somebody's claims would newly be larger than a system's budget: a proxy in front of that system
 * would cut them off some day. Whoever is above already stays no obstacle. What is wanted all the same is accepted on purpose
 * (`--over-budget`, `overBudget`, the box on the page).
 * @throws HubError `invalid` with a fault for each system, naming people
 */
export function refuseLargeClaims(claims: readonly ClaimsSize[]): void {
  const faults = claims
    .filter(({ newlyOver }) => newlyOver > 0)
    .map(({ system, budget, newlyOver, names }) => {
      const named = names.slice(0, mostNamed).map(({ person, bytes }) => `${person} (${bytes})`);
      const rest = newlyOver > named.length ? `, and ${newlyOver - named.length} more` : '';
      return {
        path: `claims.${system}`,
        message: `would be larger than ${budget} bytes for ${named.join(', ')}${rest}; grant less, raise the budget of the system (settings.claimsBudget) or accept it`,
      };
    });
  if (faults.length === 0) return;
  throw new HubError('invalid', 'Claims would grow beyond the budget of a system', { faults });
}
