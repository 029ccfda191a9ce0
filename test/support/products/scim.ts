import { type Ask, type Kept, keep, object, type Product, type Reply, rows } from './server.ts';

const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** SCIM 2.0 in three dialects: groups (RFC 7643), entitlements (Salesforce), roles (HubSpot). */
export function scimProduct(
  dialect: 'rfc' | 'salesforce' | 'hubspot',
  roles: readonly string[],
  profiles: readonly string[] = [],
): Product {
  const accounts = new Map<string, Kept>();
  const groups = new Map(roles.map((name, at) => [`g${at}`, name]));
  const entitlements = [
    ...profiles.map((name, at) => ({ id: `00e${at}`, displayName: name, type: 'Profile' })),
    ...roles.map((name, at) => ({ id: `0PS${at}`, displayName: name, type: 'PermissionSet' })),
  ];
  const idOf = (name: string) =>
    dialect === 'salesforce'
      ? (entitlements.find(({ displayName }) => displayName === name)?.id ?? name)
      : ([...groups].find(([, one]) => one === name)?.[0] ?? name);

  const user = (kept: Kept): object => ({
    ...{ id: kept.id, userName: kept.login, displayName: kept.name, active: kept.active },
    emails: kept.email === '' ? [] : [{ value: kept.email, primary: true }],
    ...(dialect === 'rfc' ? { groups: kept.roles.map((name) => ({ value: idOf(name), display: name })) } : {}),
    ...(dialect === 'hubspot' ? { roles: kept.roles.map((value) => ({ value })) } : {}),
    ...(dialect === 'salesforce'
      ? {
          entitlements: [...(kept.profile === undefined ? [] : [kept.profile]), ...kept.roles].map((name) => ({
            ...{ value: idOf(name), display: name, type: profiles.includes(name) ? 'Profile' : 'PermissionSet' },
          })),
        }
      : {}),
  });
  const give = (kept: Kept, name: string): void => {
    if (profiles.includes(name)) kept.profile = name;
    else if (!kept.roles.includes(name)) kept.roles.push(name);
  };
  const named = (id: unknown) => entitlements.find((one) => one.id === id)?.displayName ?? String(id);

  const list = (items: readonly object[], { query }: Ask): Reply => {
    const start = Number(query.get('startIndex') ?? 1);
    const count = Math.min(Number(query.get('count') ?? 100), 200);
    const Resources = items.slice(start - 1, start - 1 + count);
    return {
      json: {
        schemas: [listSchema],
        totalResults: items.length,
        startIndex: start,
        itemsPerPage: Resources.length,
        Resources,
      },
    };
  };
  const patchUser = (kept: Kept, body: unknown): Reply => {
    for (const { op, path, value } of rows(object(body).Operations)) {
      if (path === 'active') kept.active = value === true;
      else if (path === 'roles') kept.roles = rows(value).map((one) => String(one.value));
      else if (op === 'add') for (const one of rows(object(value).entitlements)) give(kept, named(one.value));
      else if (op === 'remove') {
        const gone = named(/value eq "([^"]+)"/.exec(String(path))?.[1]);
        kept.roles = kept.roles.filter((name) => name !== gone);
      }
    }
    return { json: user(kept) };
  };
  const patchGroup = (name: string, body: unknown): Reply => {
    for (const { op, path, value } of rows(object(body).Operations)) {
      if (op === 'add') for (const one of rows(value)) give(accounts.get(String(one.value)) as Kept, name);
      const kept = accounts.get(/value eq "([^"]+)"/.exec(String(path))?.[1] ?? '');
      if (op === 'remove' && kept !== undefined) kept.roles = kept.roles.filter((one) => one !== name);
    }
    return { status: 204 };
  };

  return {
    accounts,
    roles,
    answer(ask) {
      const { method, path, query, headers, body } = ask;
      if (headers.authorization !== 'Bearer the token') return { status: 401, json: { detail: 'bad token' } };
      const [, kind, id] = path.split('/');
      if (kind === 'Entitlements') return list(entitlements, ask);
      if (kind === 'Groups') {
        if (id === undefined)
          return list(
            [...groups].map(([one, displayName]) => ({ id: one, displayName })),
            ask,
          );
        return patchGroup(groups.get(id) ?? '', body);
      }
      if (id !== undefined) {
        const kept = accounts.get(id);
        if (kept === undefined) return { status: 404, json: { detail: 'no such user' } };
        return method === 'PATCH' ? patchUser(kept, body) : { json: user(kept) };
      }
      if (method === 'POST') {
        const asked = object(body);
        if ([...accounts.values()].some(({ login }) => login === asked.userName))
          return { status: 409, json: { scimType: 'uniqueness', detail: 'userName is taken' } };
        const email = String(rows(asked.emails)[0]?.value ?? '');
        const made = keep(accounts, { login: String(asked.userName), name: String(asked.displayName), email });
        for (const one of rows(asked.entitlements)) give(made, named(one.value));
        for (const one of rows(asked.roles)) give(made, String(one.value));
        return { status: 201, json: user(made) };
      }
      const filter = /^(userName|emails\.value) eq "(.*)"$/.exec(query.get('filter') ?? '');
      const fits = (kept: Kept) =>
        filter === null ||
        (filter[1] === 'userName' ? kept.login : kept.email).toLowerCase() === filter[2]?.toLowerCase();
      return list([...accounts.values()].filter(fits).map(user), ask);
    },
  };
}
