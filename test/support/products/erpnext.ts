import { type Kept, keep, object, type Product, type Reply, rows } from './server.ts';

/** Frappe's `/api/resource`: users named by their e-mail address, roles in the child table `Has Role`. */
export function erpNextProduct(roles: readonly string[]): Product {
  const accounts = new Map<string, Kept>();
  const shown = (kept: Kept) => ({
    name: kept.id,
    email: kept.email,
    full_name: kept.name,
    enabled: kept.active ? 1 : 0,
  });
  const given = (value: unknown) => rows(value).map(({ role }) => String(role));
  return {
    accounts,
    roles,
    answer({ method, path, query, headers, body }): Reply {
      if (headers.authorization !== 'token the key:the secret')
        return {
          status: 401,
          json: { exc_type: 'AuthenticationError', exception: 'frappe.exceptions.AuthenticationError' },
        };
      if (path === '/api/method/frappe.auth.get_logged_user') return { json: { message: 'gatehouse@example.com' } };
      const [, , , doctype, id] = path.split('/');
      const filters = JSON.parse(query.get('filters') ?? '[]') as [string, string, unknown][];
      const start = Number(query.get('limit_start') ?? 0);
      const length = Number(query.get('limit_page_length') ?? 20) || 100_000;
      if (doctype === 'Role') return { json: { data: roles.map((name) => ({ name })) } };
      if (doctype === 'Has Role') {
        const parents = filters.find(([field]) => field === 'parent')?.[2] as string[];
        const held = [...accounts.values()].filter((kept) => parents.includes(kept.id));
        const data = held.flatMap((kept) => ['All', 'Guest', ...kept.roles].map((role) => ({ parent: kept.id, role })));
        return { json: { data } };
      }
      if (method === 'POST') {
        const asked = object(body);
        const email = String(asked.email);
        if (accounts.has(email))
          return { status: 409, json: { exc_type: 'DuplicateEntryError', exception: 'User already exists' } };
        const made = keep(accounts, {
          id: email,
          login: email,
          email,
          name: String(asked.first_name),
          roles: given(asked.roles),
        });
        return { json: { data: shown(made) } };
      }
      if (method === 'PUT') {
        const kept = accounts.get(id ?? '');
        if (kept === undefined) return { status: 404, json: { exc_type: 'DoesNotExistError' } };
        const asked = object(body);
        if (asked.enabled !== undefined) kept.active = asked.enabled === 1;
        if (asked.roles !== undefined) kept.roles = given(asked.roles);
        return { json: { data: shown(kept) } };
      }
      const fits = (kept: Kept) =>
        filters.every(([field, operator, value]) => {
          const own = (field === 'email' ? kept.email : kept.id).toLowerCase();
          return operator === 'in' ? (value as string[]).includes(kept.id) : own === String(value).toLowerCase();
        });
      const found = [...accounts.values()].filter(fits).sort((a, b) => a.id.localeCompare(b.id));
      return { json: { data: found.slice(start, start + length).map(shown) } };
    },
  };
}
