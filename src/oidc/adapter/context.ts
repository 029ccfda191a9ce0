import type { Services } from '#actions/services.ts';
import type { UnitOfWork } from '#storage/unit-of-work.ts';
import { type RequestState, stateOf } from '../state.ts';

/** The unit of work that the provider library's request runs in; without one, nothing may be written. */
export function unitOf(services: Services): { unit: UnitOfWork; state: RequestState } {
  const unit = services.store.current();
  if (unit === undefined) throw new Error('the provider library was called outside a unit of work');
  return { unit, state: stateOf(unit) };
}
