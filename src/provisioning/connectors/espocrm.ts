import { type Connector, ConnectorFault, type ConnectorSettings } from '#actions/provisioning/port.ts';
import type { Account } from '#domain/provisioning/account.ts';
import { listIn, ProductHttp, record, textIn } from './http.ts';

const pageSize = 200;
const select = 'userName,name,emailAddress,isActive,type';

/**
 * EspoCRM over its REST API (`/api/v1`, header X-Api-Key). Native roles are its teams, from which its roles follow, as at sign-in. A list shows
 * no teams, so that members are read team by team.
 */
export function openEspoCrm(settings: ConnectorSettings): Connector {
  const { apiKey = '' } = settings;
  const http = new ProductHttp(settings);
  const headers = { 'x-api-key': apiKey };
  const get = async (path: string, accept: readonly number[] = []) =>
    record((await http.call(`/api/v1${path}`, { headers, accept })).json);

  async function* pages(path: string, query: Readonly<Record<string, string>>) {
    for (let offset = 0; ; offset += pageSize) {
      const at = { maxSize: String(pageSize), offset: String(offset) };
      const rows = listIn((await get(`${path}?${new URLSearchParams({ ...query, ...at })}`)).list, 'a list');
      yield rows;
      if (rows.length < pageSize) return;
    }
  }

  let kept: Promise<ReadonlyMap<string, string>> | undefined;
  const teams = () => {
    kept ??= Array.fromAsync(pages('/Team', { select: 'name', orderBy: 'name' })).then(
      (all) => new Map(all.flat().map(({ id, name }) => [String(name), String(id)])),
    );
    kept.catch(() => {
      kept = undefined;
    });
    return kept;
  };
  /** User id -> names of teams. */
  const members = async (): Promise<Map<string, string[]>> => {
    const held = new Map<string, string[]>();
    for (const [name, id] of await teams())
      for await (const rows of pages(`/Team/${id}/users`, { select: 'userName' }))
        for (const row of rows) held.set(String(row.id), [...(held.get(String(row.id)) ?? []), name]);
    return held;
  };

  const account = (row: Readonly<Record<string, unknown>>, roles: readonly string[]): Account => ({
    id: String(row.id),
    login: String(row.userName),
    active: row.isActive === true,
    name: textIn(row.name),
    email: textIn(row.emailAddress),
    roles: roles.toSorted(),
    // Only ordinary users are managed: administrators hold everything, and `api`, `portal` and `system` users are nobody's.
    ...(textIn(row.type) === 'regular' ? {} : { reserved: true as const }),
  });
  /** One record shows its teams. */
  const whole = (row: Readonly<Record<string, unknown>>): Account =>
    account(row, Object.values(record(row.teamsNames)).map(String));

  return {
    pageSize,
    async *list() {
      const held = await members();
      for await (const rows of pages('/User', { select, orderBy: 'createdAt' }))
        yield rows.map((row) => account(row, held.get(String(row.id)) ?? []));
    },
    async find(by) {
      if ('id' in by) {
        const { json, status } = await http.call(`/api/v1/User/${encodeURIComponent(by.id)}`, {
          headers,
          accept: [404],
        });
        return status === 404 ? undefined : whole(record(json));
      }
      const [attribute, value] = 'login' in by ? ['userName', by.login] : ['emailAddress', by.email];
      const query = {
        ...{ 'whereGroup[0][type]': 'equals', 'whereGroup[0][attribute]': attribute, 'whereGroup[0][value]': value },
        ...{ select: 'userName', maxSize: '1' },
      };
      const [row] = listIn((await get(`/User?${new URLSearchParams(query)}`)).list, 'a list');
      return row === undefined ? undefined : whole(await get(`/User/${encodeURIComponent(String(row.id))}`));
    },
    roles: async () => new Set((await teams()).keys()),
    async create({ login, email, name, givenName, familyName, roles }) {
      const known = await teams();
      const body = {
        ...{
          userName: login,
          lastName: familyName ?? name,
          firstName: givenName ?? '',
          type: 'regular',
          isActive: true,
        },
        ...(email === undefined ? {} : { emailAddress: email }),
        ...{ teamsIds: roles.flatMap((role) => known.get(role) ?? []), sendAccessInfo: false },
      };
      const { json } = await http.call('/api/v1/User', { method: 'POST', headers, body });
      const id = textIn(record(json).id);
      if (id === undefined) throw new ConnectorFault('unexpected', 'made a user and did not say which');
      return id;
    },
    async change({ id }, { active, roles }) {
      const known = await teams();
      const body = {
        ...(active === undefined ? {} : { isActive: active }),
        ...(roles === undefined ? {} : { teamsIds: roles.result.flatMap((role) => known.get(role) ?? []) }),
      };
      await http.call(`/api/v1/User/${encodeURIComponent(id)}`, { method: 'PUT', headers, body });
    },
    async test() {
      return `${(await teams()).size} teams`;
    },
  };
}
