import { type Kept, keep, object, type Product, type Reply } from './server.ts';

/** EspoCRM's `/api/v1`: a list of users shows no teams, one user does. */
export function espoCrmProduct(roles: readonly string[]): Product {
  const accounts = new Map<string, Kept>();
  const idOf = (name: string) => `team-${roles.indexOf(name)}`;
  const nameOf = (id: unknown) => roles[Number(String(id).slice(5))] ?? '';
  const row = (kept: Kept) => ({
    ...{ id: kept.id, userName: kept.login, name: kept.name, isActive: kept.active, type: 'regular' },
    emailAddress: kept.email === '' ? null : kept.email,
  });
  const whole = (kept: Kept) => ({
    ...row(kept),
    teamsIds: kept.roles.map(idOf),
    teamsNames: Object.fromEntries(kept.roles.map((name) => [idOf(name), name])),
  });
  return {
    accounts,
    roles,
    answer({ method, path, query, headers, body }): Reply {
      if (headers['x-api-key'] !== 'the key') return { status: 401, json: undefined };
      const [, , , kind, id, link] = path.split('/');
      const list = (items: readonly object[]): Reply => {
        const offset = Number(query.get('offset') ?? 0);
        return {
          json: { total: items.length, list: items.slice(offset, offset + Number(query.get('maxSize') ?? 20)) },
        };
      };
      if (kind === 'Team') {
        if (link === undefined) return list(roles.map((name) => ({ id: idOf(name), name })));
        return list([...accounts.values()].filter((kept) => kept.roles.includes(nameOf(id))).map(row));
      }
      const asked = object(body);
      const teams = Array.isArray(asked.teamsIds) ? asked.teamsIds.map(nameOf) : undefined;
      if (id !== undefined) {
        const kept = accounts.get(id);
        if (kept === undefined) return { status: 404, text: '' };
        if (method === 'PUT') {
          if (typeof asked.isActive === 'boolean') kept.active = asked.isActive;
          if (teams !== undefined) kept.roles = teams;
        }
        return { json: whole(kept) };
      }
      if (method === 'POST') {
        const email = String(asked.emailAddress ?? '');
        return {
          json: whole(
            keep(accounts, { login: String(asked.userName), name: String(asked.lastName), email, roles: teams ?? [] }),
          ),
        };
      }
      const attribute = query.get('whereGroup[0][attribute]');
      const value = query.get('whereGroup[0][value]')?.toLowerCase();
      const fits = (kept: Kept) =>
        attribute === null || (attribute === 'userName' ? kept.login : kept.email).toLowerCase() === value;
      return list([...accounts.values()].filter(fits).map(row));
    },
  };
}
