import { type Kept, keep, object, type Product, type Reply } from './server.ts';

/** Dolibarr's `/api/index.php/users`: groups can be given and not taken, and an empty answer is 404. */
export function dolibarrProduct(roles: readonly string[]): Product {
  const accounts = new Map<string, Kept>();
  const missing: Reply = { status: 404, json: { error: { code: 404, message: 'Not Found: User not found' } } };
  const shown = (kept: Kept) => ({
    ...{ id: kept.id, login: kept.login, lastname: kept.name, firstname: '', email: kept.email },
    ...{ statut: kept.active ? '1' : '0', admin: '0' },
  });
  const one = (kept: Kept | undefined): Reply => (kept === undefined ? missing : { json: shown(kept) });
  const by = (test: (kept: Kept) => boolean) => one([...accounts.values()].find(test));
  return {
    accounts,
    roles,
    answer({ method, path, query, headers, body }): Reply {
      if (headers.dolapikey !== 'the key')
        return { status: 401, json: { error: { code: 401, message: 'Unauthorized' } } };
      const [, , , , id, what, of] = path.split('/');
      if (id === 'groups') return { json: roles.map((name, at) => ({ id: String(at + 1), name })) };
      if (id === 'info') return { json: { id: '1', login: 'gatehouse' } };
      if (id === 'login') return by(({ login }) => login.toLowerCase() === what?.toLowerCase());
      if (id === 'email') return by(({ email }) => email.toLowerCase() === what?.toLowerCase());
      if (id !== undefined) {
        const kept = accounts.get(id);
        if (kept === undefined) return missing;
        if (what === 'groups') return { json: kept.roles.map((name) => ({ id: '1', name })) };
        if (what === 'setGroup') {
          const name = roles[Number(of) - 1] ?? '';
          if (!kept.roles.includes(name)) kept.roles.push(name);
          return { json: 1 };
        }
        if (method === 'PUT') kept.active = object(body).statut === 1;
        return one(kept);
      }
      if (method === 'POST') {
        const { login, lastname, email } = object(body);
        return {
          json: Number(keep(accounts, { login: String(login), name: String(lastname), email: String(email) }).id),
        };
      }
      const limit = Number(query.get('limit'));
      const page = [...accounts.values()].slice(Number(query.get('page')) * limit).slice(0, limit);
      return page.length === 0 ? missing : { json: page.map(shown) };
    },
  };
}
