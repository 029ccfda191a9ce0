import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import type { System } from '#storage/collections.ts';

/** A system as pages name it: the chip beside an event, the tile's title. */
export interface NamedSystem {
  readonly id: string;
  readonly title: string;
  readonly side: System['side'];
}

/** How pages name the systems that events, roles and deliveries mention. */
export interface SystemNames {
  /** In order of id. */
  readonly all: readonly NamedSystem[];
  /** Undefined for one that is gone. */
  known(id: string): NamedSystem | undefined;
  /** One that is gone keeps its id as its title. */
  of(id: string): NamedSystem;
}

/** From the directory that the process keeps; asks the store for nothing. */
export async function systemNames(services: Services): Promise<SystemNames> {
  const { all, byId } = await systemDirectory(services);
  const name = ({ id, title, side }: NamedSystem): NamedSystem => ({ id, title, side });
  const known = (id: string): NamedSystem | undefined => {
    const system = byId.get(id);
    return system === undefined ? undefined : name(system);
  };
  return { all: all.map(name), known, of: (id) => known(id) ?? { id, title: id, side: 'other' } };
}
