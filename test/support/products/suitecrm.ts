import { type Kept, keep, object, type Product, type Reply } from './server.ts';

/** SuiteCRM 8's V8 JSON:API below `/legacy/Api`: a token by client credentials, ACL roles as a relationship. */
export function suiteCrmProduct(roles: readonly string[]): Product {
  const accounts = new Map<string, Kept>();
  const idOf = (name: string) => `role-${roles.indexOf(name)}`;
  const nameOf = (id: unknown) => roles[Number(String(id).slice(5))] ?? '';
  const user = (kept: Kept) => ({
    ...{ type: 'User', id: kept.id },
    attributes: {
      ...{ user_name: kept.login, first_name: '', last_name: kept.name, email1: kept.email, is_admin: '0' },
      status: kept.active ? 'Active' : 'Inactive',
    },
  });
  const fault = (status: number, detail: string): Reply => ({
    status,
    json: { errors: { status, title: null, detail } },
  });
  return {
    accounts,
    roles,
    answer({ method, path, query, headers, body }): Reply {
      const asked = object(object(body).data);
      if (path === '/legacy/Api/access_token') {
        const { client_id: id, client_secret: secret } = object(body);
        if (id !== 'the client' || secret !== 'the secret')
          return { status: 401, json: { error: 'invalid_client', message: 'Client authentication failed' } };
        return { json: { token_type: 'Bearer', expires_in: 3600, access_token: 'of-the-product' } };
      }
      if (headers.authorization !== 'Bearer of-the-product')
        return fault(401, 'The resource owner or authorization server denied the request.');
      const [, , , , , module, id, , link, role] = path.split('/');
      if (module === undefined) {
        const attributes = object(asked.attributes);
        if (method === 'PATCH') {
          const kept = accounts.get(String(asked.id));
          if (kept === undefined) return fault(404, 'User not found');
          kept.active = attributes.status === 'Active';
          return { json: { data: user(kept) } };
        }
        const made = keep(accounts, {
          ...{
            login: String(attributes.user_name),
            name: String(attributes.last_name),
            email: String(attributes.email1 ?? ''),
          },
        });
        return { status: 201, json: { data: user(made) } };
      }
      const size = Number(query.get('page[size]') ?? 20);
      const from = (Number(query.get('page[number]') ?? 1) - 1) * size;
      if (module === 'ACLRoles')
        return {
          json: {
            data: roles
              .slice(from, from + size)
              .map((name) => ({ type: 'ACLRole', id: idOf(name), attributes: { name } })),
          },
        };
      if (id === undefined) {
        const login = query.get('filter[user_name][eq]');
        const found = [...accounts.values()].filter(
          (kept) => login === null || kept.login.toLowerCase() === login.toLowerCase(),
        );
        return { json: { data: found.slice(from, from + size).map(user) } };
      }
      const kept = accounts.get(id);
      if (kept === undefined) return fault(404, 'User not found');
      if (path.includes('/relationships')) {
        if (method === 'POST') kept.roles = [...new Set([...kept.roles, nameOf(asked.id)])];
        if (method === 'DELETE') kept.roles = kept.roles.filter((name) => name !== nameOf(role));
        if (link === 'aclroles' && method === 'GET')
          return { json: { data: kept.roles.map((name) => ({ type: 'ACLRole', id: idOf(name) })) } };
        return { json: { meta: { message: 'done' }, data: [] } };
      }
      return { json: { data: user(kept) } };
    },
  };
}
