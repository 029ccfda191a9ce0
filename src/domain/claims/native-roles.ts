import type { FieldFault } from '../errors.ts';
import type { SystemModule } from '../providers/system-module.ts';

/** Permission or business role -> the product's own role names. */
export type NativeRoleMapping = ReadonlyMap<string, readonly string[]>;

/** The system's own table, `settings.nativeRoles: { <permission or role>: [names] }`; what is malformed is left out. */
export function nativeRoleMapping(settings: Readonly<Record<string, unknown>>): NativeRoleMapping {
  return readMapping(settings).mapping;
}

/** What is wrong in `settings.nativeRoles`, for the check of a system before it is stored. */
export function nativeRoleFaults(settings: Readonly<Record<string, unknown>>): FieldFault[] {
  return readMapping(settings).faults;
}

function readMapping({ nativeRoles: table }: Readonly<Record<string, unknown>>): {
  mapping: Map<string, readonly string[]>;
  faults: FieldFault[];
} {
  const mapping = new Map<string, readonly string[]>();
  const faults: FieldFault[] = [];
  if (table === undefined) return { mapping, faults };
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    faults.push({ path: 'settings.nativeRoles', message: 'has to map permissions or roles to lists of names' });
    return { mapping, faults };
  }
  for (const [key, names] of Object.entries(table)) {
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) mapping.set(key, names);
    else faults.push({ path: `settings.nativeRoles.${key}`, message: 'has to be a list of names' });
  }
  return { mapping, faults };
}

/**
 * Native roles for what a person holds in one system, sorted, each once. An entry of the system's own table takes the
 * place of the module's default for the same permission; an empty list there takes the default away.
 */
export function nativeRolesOf(
  module: Pick<SystemModule, 'nativeRoles'>,
  mapping: NativeRoleMapping,
  held: { readonly roles: readonly string[]; readonly permissions: readonly string[] },
): string[] {
  const names = new Set<string>();
  const add = (list: readonly string[] = []): void => {
    for (const name of list) names.add(name);
  };
  for (const role of held.roles) add(mapping.get(role));
  for (const permission of held.permissions) {
    add(
      mapping.get(permission) ?? (Object.hasOwn(module.nativeRoles, permission) ? module.nativeRoles[permission] : []),
    );
  }
  return [...names].toSorted();
}
