import { ConnectorFault } from '#actions/provisioning/port.ts';
import { record, textIn } from './http.ts';
import type { Json, ScimService } from './scim.ts';

interface RoleChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly result: readonly string[];
}

/** How users of a SCIM service hold native roles. */
export interface ScimRoles {
  heldBy(user: Json): Promise<{ readonly roles: readonly string[]; readonly profile?: string }>;
  known(): Promise<ReadonlySet<string> | undefined>;
  /** What is written into a new user; left out where roles are given afterwards. */
  ofNew?(roles: readonly string[], profile: string | undefined): Promise<Json>;
  change(id: string, change: RoleChange, profile?: string): Promise<void>;
}

const rows = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : []);

/** A list that is read once; a fault is not kept. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  return () => {
    kept ??= read();
    kept.catch(() => {
      kept = undefined;
    });
    return kept;
  };
}

/** After the standard: groups, whose `members` are written; `groups` of a user is read-only (RFC 7643, 4.1.2). */
export function groupRoles(service: ScimService): ScimRoles {
  const groups = once(async () => {
    const all = (await Array.fromAsync(service.pages('/Groups', { excludedAttributes: 'members' }))).flat();
    return new Map(all.map(({ id, displayName }) => [String(displayName), String(id)]));
  });
  return {
    async heldBy(user) {
      const names = new Map([...(await groups())].map(([name, id]) => [id, name]));
      const held = rows(user.groups).map(
        ({ value, display }) => names.get(String(value)) ?? textIn(display) ?? String(value),
      );
      return { roles: held.sort() };
    },
    known: async () => new Set((await groups()).keys()),
    async change(id, { add, remove }) {
      const known = await groups();
      for (const [names, op] of [
        [remove, 'remove'],
        [add, 'add'],
      ] as const)
        for (const name of names) {
          const group = known.get(name);
          if (group === undefined) continue;
          const path = `/Groups/${encodeURIComponent(group)}`;
          if (op === 'add') await service.patch(path, [{ op, path: 'members', value: [{ value: id }] }]);
          else await service.patch(path, [{ op, path: `members[value eq ${JSON.stringify(id)}]` }]);
        }
    },
  };
}

/**
 * Salesforce: entitlements, which are profiles (exactly one) and permission sets (any number). Of all of them it lists at most 200, so that
 * names beyond these are not known.
 */
export function salesforceRoles(service: ScimService): ScimRoles {
  const entitlements = once(async () => {
    const page = rows((await service.get('/Entitlements?count=200&startIndex=1'))?.Resources);
    return new Map(
      page.map((one) => {
        const name = textIn(one.displayName) ?? textIn(one.display) ?? String(one.id);
        return [name, { id: String(one.id), isProfile: isProfile(textIn(one.type), String(one.id)) }];
      }),
    );
  });
  const idOf = async (name: string): Promise<string> => {
    const id = (await entitlements()).get(name)?.id;
    if (id === undefined) throw new ConnectorFault('refused', `Salesforce shows no profile or permission set ${name}`);
    return id;
  };
  return {
    async heldBy({ entitlements: held }) {
      const all = rows(held);
      const name = (one: Json) => textIn(one.display) ?? String(one.value);
      const [profile] = all.filter((one) => isProfile(textIn(one.type), String(one.value)));
      const sets = all.filter((one) => !isProfile(textIn(one.type), String(one.value))).map(name);
      return { roles: sets.sort(), ...(profile === undefined ? {} : { profile: name(profile) }) };
    },
    async known() {
      const all = await entitlements();
      // A full page: there may be more, and a missing name proves nothing.
      return all.size >= 200 ? undefined : new Set(all.keys());
    },
    async ofNew(roles, profile) {
      const names = [...(profile === undefined ? [] : [profile]), ...roles];
      return { entitlements: await Promise.all(names.map(async (name) => ({ value: await idOf(name) }))) };
    },
    async change(id, { add, remove }, profile) {
      const given = [...(profile === undefined ? [] : [profile]), ...add];
      const values = await Promise.all(given.map(async (name) => ({ value: await idOf(name) })));
      const gone = await Promise.all(remove.map(idOf));
      await service.patch(`/Users/${encodeURIComponent(id)}`, [
        ...gone.map((value) => ({ op: 'remove', path: `entitlements[value eq ${JSON.stringify(value)}]` })),
        ...(values.length > 0 ? [{ op: 'add', value: { entitlements: values } }] : []),
      ]);
    },
  };
}

/** By its type, or by the prefix of its id: 00e is a profile, 0PS a permission set. */
function isProfile(type: string | undefined, id: string): boolean {
  return type === undefined ? id.startsWith('00e') : type.toLowerCase() === 'profile';
}

/** HubSpot: `roles`, whose value is the name of a permission set; it cannot list them. */
export function hubSpotRoles(service: ScimService): ScimRoles {
  const valued = (names: readonly string[]) => names.map((value) => ({ value }));
  return {
    heldBy: async (user) => ({
      roles: rows(user.roles)
        .map(({ value, display }) => textIn(value) ?? String(display))
        .sort(),
    }),
    known: async () => undefined,
    ofNew: async (roles) => ({ roles: valued(roles) }),
    change: (id, { result }) =>
      service.patch(`/Users/${encodeURIComponent(id)}`, [{ op: 'replace', path: 'roles', value: valued(result) }]),
  };
}
