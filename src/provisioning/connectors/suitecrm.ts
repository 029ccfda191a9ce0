import { type Connector, ConnectorFault, type ConnectorSettings } from '#actions/provisioning/port.ts';
import type { Account } from '#domain/provisioning/account.ts';
import { listIn, ProductHttp, record, textIn } from './http.ts';

const pageSize = 100;
const fields = 'user_name,first_name,last_name,status,email1,is_admin';

/**
 * SuiteCRM 8 over the V8 JSON:API (below `/legacy/Api`), with a token by client credentials. Native roles are ACL roles, which users hold
 * by the relationship `aclroles`.
 */
export function openSuiteCrm(settings: ConnectorSettings): Connector {
  const { clientId = '', clientSecret = '' } = settings;
  const http = new ProductHttp(settings);
  let token: { readonly value: Promise<string>; readonly until: number } | undefined;

  const bearer = (): Promise<string> => {
    if (token !== undefined && performance.now() < token.until) return token.value;
    const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const value = http.call('/legacy/Api/access_token', { method: 'POST', body }).then(({ json }) => {
      const made = textIn(record(json).access_token);
      if (made === undefined) throw new ConnectorFault('unexpected', 'answered the sign-in without a token');
      return `Bearer ${made}`;
    });
    token = { value, until: performance.now() + 45 * 60_000 };
    value.catch(() => {
      token = undefined;
    });
    return value;
  };
  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, accept?: number[]) => {
    const headers = { authorization: await bearer(), 'content-type': 'application/vnd.api+json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return http.call(`/legacy/Api/V8${path}`, {
      method,
      headers,
      ...sent,
      ...(accept === undefined ? {} : { accept }),
    });
  };

  async function* pages(module: string, query: Readonly<Record<string, string>>) {
    for (let number = 1; ; number += 1) {
      const page = { 'page[size]': String(pageSize), 'page[number]': String(number) };
      const { json } = await call('GET', `/module/${module}?${new URLSearchParams({ ...query, ...page })}`);
      const rows = listIn(record(json).data ?? [], 'a list');
      yield rows;
      if (rows.length < pageSize) return;
    }
  }

  let kept: Promise<ReadonlyMap<string, string>> | undefined;
  const roles = () => {
    kept ??= Array.fromAsync(pages('ACLRoles', { 'fields[ACLRoles]': 'name' })).then(
      (all) => new Map(all.flat().map(({ id, attributes }) => [String(record(attributes).name), String(id)])),
    );
    kept.catch(() => {
      kept = undefined;
    });
    return kept;
  };

  const account = async (row: Readonly<Record<string, unknown>>): Promise<Account> => {
    const id = String(row.id);
    const about = record(row.attributes);
    const { json } = await call('GET', `/module/Users/${id}/relationships/aclroles`, undefined, [400]);
    const held = new Set(listIn(record(json).data ?? [], 'roles').map((one) => String(one.id)));
    const name = [textIn(about.first_name), textIn(about.last_name)].filter((part) => part !== undefined).join(' ');
    return {
      ...{ id, login: String(about.user_name), active: about.status === 'Active', name, email: textIn(about.email1) },
      roles: [...(await roles())]
        .filter(([, role]) => held.has(role))
        .map(([role]) => role)
        .sort(),
      ...(['1', 'true'].includes(String(about.is_admin)) || id === '1' ? { reserved: true as const } : {}),
    };
  };
  const set = async (id: string, names: readonly string[], held: boolean): Promise<void> => {
    const known = await roles();
    for (const name of names) {
      const role = known.get(name);
      if (role === undefined) continue;
      if (held) await call('POST', `/module/Users/${id}/relationships`, { data: { type: 'ACLRoles', id: role } });
      else await call('DELETE', `/module/Users/${id}/relationships/aclroles/${role}`);
    }
  };

  return {
    pageSize,
    async *list() {
      for await (const rows of pages('Users', { 'fields[Users]': fields })) {
        // Each takes a request of its own; the connections to one product are bounded below (platform/outbound).
        yield await Promise.all(rows.map(account));
      }
    },
    async find(by) {
      if ('id' in by) {
        const path = `/module/Users/${encodeURIComponent(by.id)}?${new URLSearchParams({ 'fields[Users]': fields })}`;
        const { json } = await call('GET', path, undefined, [400, 404]);
        const data = record(record(json).data);
        return data.id === undefined ? undefined : account(data);
      }
      // E-mail addresses are a table of their own there, which a filter does not reach.
      if ('email' in by) return undefined;
      const query = { 'filter[user_name][eq]': by.login, 'fields[Users]': fields };
      const { json } = await call('GET', `/module/Users?${new URLSearchParams(query)}`);
      const [row] = listIn(record(json).data ?? [], 'a list');
      return row === undefined ? undefined : account(row);
    },
    roles: async () => new Set((await roles()).keys()),
    async create({ login, email, name, givenName, familyName, roles: wanted }) {
      const attributes = {
        ...{ user_name: login, first_name: givenName ?? '', last_name: familyName ?? name, status: 'Active' },
        ...{ external_auth_only: '1', ...(email === undefined ? {} : { email1: email }) },
      };
      const { json } = await call('POST', '/module', { data: { type: 'Users', attributes } });
      const id = textIn(record(record(json).data).id);
      if (id === undefined) throw new ConnectorFault('unexpected', 'made a user and did not say which');
      await set(id, wanted, true);
      return id;
    },
    async change({ id }, { active, roles: change }) {
      if (active !== undefined) {
        const attributes = { status: active ? 'Active' : 'Inactive' };
        await call('PATCH', '/module', { data: { type: 'Users', id, attributes } });
      }
      if (change === undefined) return;
      // First what goes, so that nobody holds the old and the new together for longer than it takes.
      await set(id, change.remove, false);
      await set(id, change.add, true);
    },
    async test() {
      return `${(await roles()).size} roles`;
    },
  };
}
