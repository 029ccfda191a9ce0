import { claimsBudget } from '#domain/claims/size.ts';
import { committedSystems } from '../access/reading.ts';
import type { Services } from '../services.ts';
import type { SweptSystem } from './what-if/question.ts';

/** The systems whose claims are measured: those with a provider module. Plain data, ready to travel to a thread. */
export async function sweptSystems({ store, modules, settings }: Services): Promise<SweptSystem[]> {
  return (await committedSystems(store)).flatMap((system) => {
    const module = modules.get(system.provider);
    if (module === undefined) return [];
    const { claims, nativeRoles, nativeClaim, reconcile } = module;
    return [
      {
        id: system.id,
        module: {
          claims,
          nativeRoles,
          ...(nativeClaim === undefined ? {} : { nativeClaim }),
          ...(reconcile === undefined ? {} : { reconcile }),
        },
        settings: system.settings,
        budget: claimsBudget(system.settings, settings.claims.budget),
        timeZone: settings.timeZone,
      },
    ];
  });
}
