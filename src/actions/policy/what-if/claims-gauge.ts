import { claimantOf } from '#domain/claims/claimant.ts';
import { nativeRoleMapping, nativeRolesOf } from '#domain/claims/native-roles.ts';
import { personalBytes, rightsBytes } from '#domain/claims/size.ts';
import type { Access } from '#domain/policy/access.ts';
import { reconcilingOf, shapedRoles } from '#domain/providers/reconcile.ts';
import type { ClaimsSize, SweptPerson, SweptSystem } from './question.ts';

/** In ms; its length in seconds is that of every instant until 2286. */
const someInstant = 1_700_000_000_000;

/** So many of those above the budget are named for each system. */
const mostNamed = 100;

/**
 * Measures the claims of everybody in every system, before and after. The part for the rights is measured once for each
 * combination of roles. The login that a system knows a person by is not looked up, so a few bytes may be missing.
 */
export class ClaimsGauge {
  readonly #systems: readonly SystemGauge[];

  constructor(systems: readonly SweptSystem[]) {
    this.#systems = systems.map((system) => new SystemGauge(system));
  }

  add(one: SweptPerson, label: string, before: Access, after: Access): void {
    // Systems with the same product receive the same personal claims.
    let measured: SweptSystem['module']['claims'] | undefined;
    let personal = 0;
    for (const system of this.#systems) {
      if (system.claims !== measured) {
        measured = system.claims;
        // When somebody was changed is as long for everybody.
        const claimant = claimantOf(one.person, someInstant, system.timeZone);
        personal = personalBytes({ claims: measured }, claimant, undefined) - 1;
      }
      system.add(one.id, label, personal, before, after);
    }
  }

  sizes(): ClaimsSize[] {
    return this.#systems.map((system) => system.size());
  }
}

class SystemGauge {
  readonly #system: SweptSystem;
  readonly #rights = new WeakMap<Access, number>();
  #before = 0;
  #after = 0;
  #largest: { readonly id: string; readonly person: string } | undefined;
  #over = 0;
  #newlyOver = 0;
  #names: { id: string; person: string; bytes: number }[] = [];

  constructor(system: SweptSystem) {
    this.#system = system;
  }

  get claims(): SweptSystem['module']['claims'] {
    return this.#system.module.claims;
  }

  get timeZone(): string {
    return this.#system.timeZone;
  }

  add(id: string, label: string, personal: number, before: Access, after: Access): void {
    const was = personal + this.#rightsOf(before);
    const is = personal + this.#rightsOf(after);
    if (was > this.#before) this.#before = was;
    if (is > this.#after) {
      this.#after = is;
      this.#largest = { id, person: label };
    }
    const { budget } = this.#system;
    if (is <= budget) return;
    this.#over += 1;
    if (was > budget) return;
    this.#newlyOver += 1;
    this.#names.push({ id, person: label, bytes: is });
    if (this.#names.length > 2 * mostNamed) this.#names = this.#top();
  }

  size(): ClaimsSize {
    return {
      system: this.#system.id,
      budget: this.#system.budget,
      before: this.#before,
      after: this.#after,
      ...(this.#largest === undefined ? {} : { largest: this.#largest }),
      over: this.#over,
      newlyOver: this.#newlyOver,
      names: this.#top(),
    };
  }

  #top() {
    return this.#names.toSorted((a, b) => b.bytes - a.bytes).slice(0, mostNamed);
  }

  #rightsOf(access: Access): number {
    let bytes = this.#rights.get(access);
    if (bytes === undefined) {
      const { id, module, settings } = this.#system;
      const here = { roles: access.rolesIn.get(id) ?? [], permissions: access.systems.get(id) ?? [] };
      const wanted = nativeRolesOf(module, nativeRoleMapping(settings), here);
      const { sets, profile } = shapedRoles(reconcilingOf(module, settings), wanted);
      bytes = rightsBytes(module, { ...here, nativeRoles: sets, profile });
      this.#rights.set(access, bytes);
    }
    return bytes;
  }
}
