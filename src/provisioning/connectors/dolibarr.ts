import { type Connector, ConnectorFault, type ConnectorSettings } from '#actions/provisioning/port.ts';
import type { Account } from '#domain/provisioning/account.ts';
import { listIn, ProductHttp, record, textIn } from './http.ts';

const pageSize = 100;

/**
 * Dolibarr over its REST API (`/api/index.php`, header DOLAPIKEY). Native roles are its groups. The API gives groups
 * (`users/{id}/setGroup/{group}`) and takes none away, so that only `add-only` is possible; whoever leaves is set inactive. An empty list is
 * answered with 404 by some versions.
 */
export function openDolibarr(settings: ConnectorSettings): Connector {
  const { apiKey = '' } = settings;
  const http = new ProductHttp(settings);
  const headers = { dolapikey: apiKey };
  const get = async (path: string) => (await http.call(`/api/index.php${path}`, { headers, accept: [404] })).json;
  const many = async (path: string) => {
    const json = await get(path);
    return record(json).error === undefined ? listIn(json, 'a list') : [];
  };

  let kept: Promise<ReadonlyMap<string, string>> | undefined;
  const groups = () => {
    kept ??= many('/users/groups?limit=0').then(
      (rows) => new Map(rows.map(({ id, name, nom }) => [textIn(name) ?? String(nom), String(id)])),
    );
    kept.catch(() => {
      kept = undefined;
    });
    return kept;
  };
  let myself: Promise<string | undefined> | undefined;
  const me = () => {
    myself ??= get('/users/info').then((json) => textIn(record(json).id));
    myself.catch(() => {
      myself = undefined;
    });
    return myself;
  };

  const account = async (row: Readonly<Record<string, unknown>>): Promise<Account> => {
    const id = String(row.id);
    const held = await many(`/users/${id}/groups`);
    return {
      id,
      login: String(row.login),
      active: Number(row.statut ?? row.status) === 1,
      name: [textIn(row.firstname), textIn(row.lastname)].filter((part) => part !== undefined).join(' '),
      email: textIn(row.email),
      roles: held.map(({ name, nom }) => textIn(name) ?? String(nom)).sort(),
      // An administrator there holds everything whatever the groups say, and the API cannot change that.
      ...(Number(row.admin) === 1 || id === (await me()) ? { reserved: true as const } : {}),
    };
  };
  const one = async (path: string): Promise<Account | undefined> => {
    const json = record(await get(path));
    return textIn(json.login) === undefined ? undefined : account(json);
  };
  const join = async (id: string, names: readonly string[]): Promise<void> => {
    const known = await groups();
    for (const name of names) {
      const group = known.get(name);
      if (group !== undefined) await http.call(`/api/index.php/users/${id}/setGroup/${group}`, { headers });
    }
  };

  return {
    pageSize,
    async *list() {
      for (let page = 0; ; page += 1) {
        const rows = await many(`/users?sortfield=t.rowid&sortorder=ASC&limit=${pageSize}&page=${page}`);
        // Each takes a request of its own; the connections to one product are bounded below (platform/outbound).
        yield await Promise.all(rows.map(account));
        if (rows.length < pageSize) return;
      }
    },
    find: (by) =>
      one(
        'id' in by
          ? `/users/${encodeURIComponent(by.id)}`
          : 'login' in by
            ? `/users/login/${encodeURIComponent(by.login)}`
            : `/users/email/${encodeURIComponent(by.email)}`,
      ),
    roles: async () => new Set((await groups()).keys()),
    async create({ login, email, name, givenName, familyName, roles }) {
      const body = { login, lastname: familyName ?? name, firstname: givenName ?? '', email: email ?? '', statut: 1 };
      const { json } = await http.call('/api/index.php/users', { method: 'POST', headers, body });
      const id = textIn(json);
      if (id === undefined) throw new ConnectorFault('unexpected', 'made a user and did not say which');
      await join(id, roles);
      return id;
    },
    async change({ id }, { active, roles }) {
      if (active !== undefined) {
        const body = { statut: active ? 1 : 0 };
        await http.call(`/api/index.php/users/${id}`, { method: 'PUT', headers, body });
      }
      if (roles !== undefined) await join(id, roles.add);
      if (roles !== undefined && roles.remove.length > 0) {
        const message = `Dolibarr's API cannot take groups away: remove ${roles.remove.join(', ')} from the user in Dolibarr`;
        throw new ConnectorFault('refused', message);
      }
    },
    async test() {
      return `${(await groups()).size} groups`;
    },
  };
}
