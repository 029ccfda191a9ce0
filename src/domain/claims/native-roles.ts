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
  held: HeldThere,
): string[] {
  return [...nativeRoleReasons(module, mapping, held).keys()].toSorted();
}

interface HeldThere {
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

/** The business role or the permission that a native role stands for. */
export type NativeReason = { readonly role: string } | { readonly permission: string };

/** The same with what each of them comes from. */
export function nativeRoleReasons(
  module: Pick<SystemModule, 'nativeRoles'>,
  mapping: NativeRoleMapping,
  { roles, permissions }: HeldThere,
): Map<string, NativeReason[]> {
  const reasons = new Map<string, NativeReason[]>();
  const add = (names: readonly string[] | undefined, because: NativeReason): void => {
    for (const name of new Set(names)) {
      const known = reasons.get(name);
      if (known === undefined) reasons.set(name, [because]);
      else known.push(because);
    }
  };
  for (const role of roles) add(mapping.get(role), { role });
  for (const permission of permissions) {
    const usual = Object.hasOwn(module.nativeRoles, permission) ? module.nativeRoles[permission] : undefined;
    add(mapping.get(permission) ?? usual, { permission });
  }
  return reasons;
}
