import { type Connector, ConnectorFault, type ConnectorSettings } from '#actions/provisioning/port.ts';
import type { Account } from '#domain/provisioning/account.ts';
import { listIn, ProductHttp, record, textIn } from './http.ts';

const pageSize = 200;
const fields = JSON.stringify(['name', 'email', 'full_name', 'enabled']);
/** Frappe's own users, and roles that everybody has without being given them. */
const own = new Set(['administrator', 'guest']);
const automatic = new Set(['All', 'Guest', 'Desk User']);

/**
 * ERPNext over Frappe's REST API (`/api/resource`, `Authorization: token key:secret`). A user's id is the e-mail address; native roles are
 * `Role`s, held in the child table `Has Role`, which is read for a whole page of users at once.
 */
export function openErpNext(settings: ConnectorSettings): Connector {
  const { apiKey = '', apiSecret = '' } = settings;
  const http = new ProductHttp(settings);
  const headers = { authorization: `token ${apiKey}:${apiSecret}` };
  let myself: Promise<string | undefined> | undefined;

  const resource = async (doctype: string, query: Readonly<Record<string, string>>) => {
    const path = `/api/resource/${encodeURIComponent(doctype)}?${new URLSearchParams(query)}`;
    return listIn(record((await http.call(path, { headers })).json).data, doctype);
  };
  const whoAmI = () => {
    myself ??= http
      .call('/api/method/frappe.auth.get_logged_user', { headers })
      .then(({ json }) => textIn(record(json).message));
    myself.catch(() => {
      myself = undefined;
    });
    return myself;
  };

  const accounts = async (rows: readonly Readonly<Record<string, unknown>>[]): Promise<readonly Account[]> => {
    if (rows.length === 0) return [];
    const names = rows.map(({ name }) => String(name));
    const filters = [
      ['parenttype', '=', 'User'],
      ['parent', 'in', names],
    ];
    const given = await resource('Has Role', {
      ...{ parent: 'User', fields: JSON.stringify(['parent', 'role']), filters: JSON.stringify(filters) },
      limit_page_length: '0',
    });
    const held = Map.groupBy(given, ({ parent }) => String(parent));
    const me = await whoAmI();
    return rows.map((row) => {
      const id = String(row.name);
      const roles = (held.get(id) ?? []).map(({ role }) => String(role)).filter((role) => !automatic.has(role));
      return {
        ...{ id, login: id, active: Number(row.enabled) === 1, name: textIn(row.full_name), email: textIn(row.email) },
        roles: roles.sort(),
        ...(own.has(id.toLowerCase()) || id === me ? { reserved: true as const } : {}),
      };
    });
  };
  const where = async (filters: readonly unknown[]) =>
    accounts(await resource('User', { fields, filters: JSON.stringify(filters), limit_page_length: String(pageSize) }));

  return {
    pageSize,
    async *list() {
      for (let start = 0; ; start += pageSize) {
        const page = { limit_start: String(start), limit_page_length: String(pageSize), order_by: 'name asc' };
        const rows = await resource('User', { fields, ...page });
        yield await accounts(rows);
        if (rows.length < pageSize) return;
      }
    },
    async find(by) {
      // MariaDB compares names without case.
      const filter = 'email' in by ? ['email', '=', by.email] : ['name', '=', 'id' in by ? by.id : by.login];
      return (await where([filter]))[0];
    },
    findAll: (ids) => where([['name', 'in', ids]]),
    async roles() {
      const rows = await resource('Role', { fields: JSON.stringify(['name']), limit_page_length: '0' });
      return new Set(rows.map(({ name }) => String(name)));
    },
    async create({ login, email, name, givenName, familyName, roles }) {
      const body = {
        ...{ email: email ?? login, first_name: givenName ?? name, last_name: familyName ?? '', enabled: 1 },
        // A Website User has no desk; nobody is written to by ERPNext itself.
        ...{ user_type: 'System User', send_welcome_email: 0, roles: roles.map((role) => ({ role })) },
      };
      const { json } = await http.call('/api/resource/User', { method: 'POST', headers, body });
      const id = textIn(record(record(json).data).name);
      if (id === undefined) throw new ConnectorFault('unexpected', 'made a user and did not say which');
      return id;
    },
    async change({ id }, { active, roles }) {
      const body = {
        ...(active === undefined ? {} : { enabled: active ? 1 : 0 }),
        // The whole child table is replaced; roles that everybody has come back by themselves.
        ...(roles === undefined ? {} : { roles: roles.result.map((role) => ({ role })) }),
      };
      await http.call(`/api/resource/User/${encodeURIComponent(id)}`, { method: 'PUT', headers, body });
    },
    async test() {
      return `signed in as ${(await whoAmI()) ?? 'somebody without a name'}`;
    },
  };
}
