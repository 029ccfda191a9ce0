import { type Connector, ConnectorFault, type ConnectorSettings } from '#actions/provisioning/port.ts';
import type { Account } from '#domain/provisioning/account.ts';
import { listIn, ProductHttp, record, textIn } from './http.ts';

const pageSize = 200;
const fields = ['login', 'name', 'email', 'active'];
const everyone = ['active', 'in', [true, false]];
const noContext = {};
/** Made by Tryton itself: the superuser, and the user of scheduled work. */
const own = new Set(['root', 'admin', 'user_cron_trigger']);

/**
 * Tryton (JSON-RPC). Native roles are its groups, or with `grants: roles` the roles of its module user_role, whose groups Tryton then
 * keeps in line by itself. Making somebody inactive ends their sessions there (res.user, `on_modification`).
 */
export function openTryton(settings: ConnectorSettings): Connector {
  const { database = '', login = '', password = '', grants = 'groups' } = settings;
  const http = new ProductHttp(settings);
  const path = `/${encodeURIComponent(database)}/rpc/`;
  let session: Promise<string> | undefined;

  const post = async (method: string, params: readonly unknown[], authorization?: string): Promise<unknown> => {
    const headers = authorization === undefined ? {} : { authorization };
    const body = { id: 1, method, params };
    const { status, json } = await http.call(path, { method: 'POST', headers, body, accept: [401, 403] });
    if (status === 401 || status === 403) throw new ConnectorFault('unauthorized', `refused the login ${login}`);
    const { result, error } = record(json);
    if (error === undefined || error === null) return result;
    // [exception, [message, description]] or [text, traceback].
    const said = (Array.isArray(error) ? error.flat() : [error]).filter((one) => typeof one === 'string' && one !== '');
    throw new ConnectorFault(
      'refused',
      `Tryton refuses ${method}: ${String(said[1] ?? said[0] ?? 'no reason').slice(0, 200)}`,
    );
  };

  const signIn = async (): Promise<string> => {
    const answer = await post('common.db.login', [login, { password }, 'en']);
    const [user, token] = Array.isArray(answer) ? (answer as unknown[]) : [];
    if (token === undefined) throw new ConnectorFault('unexpected', 'answered a sign-in without a session');
    return `Session ${Buffer.from(`${login}:${user}:${token}`).toString('base64')}`;
  };

  const rpc = async (method: string, ...params: readonly unknown[]): Promise<unknown> => {
    for (let again = false; ; again = true) {
      session ??= signIn();
      const authorization = await session.catch((error: unknown) => {
        session = undefined;
        throw error;
      });
      try {
        return await post(method, [...params, noContext], authorization);
      } catch (fault) {
        // A session there ends by itself after a while; then, and once, another is begun.
        if (again || !(fault instanceof ConnectorFault) || fault.code !== 'unauthorized') throw fault;
        session = undefined;
      }
    }
  };

  const model = grants === 'groups' ? 'res.group' : 'res.role';
  let named: Promise<{ byName: Map<string, number>; byId: Map<number, string> }> | undefined;
  const names = () => {
    named ??= rpc(`model.${model}.search_read`, [], 0, null, null, ['name']).then((rows) => {
      const pairs = listIn(rows, 'groups').map((row) => [String(row.name), Number(row.id)] as const);
      return { byName: new Map(pairs), byId: new Map(pairs.map(([name, id]) => [id, name])) };
    });
    named.catch(() => {
      named = undefined;
    });
    return named;
  };
  const idsOf = async (wanted: readonly string[]): Promise<number[]> => {
    const { byName } = await names();
    return wanted.flatMap((name) => byName.get(name) ?? []);
  };

  const read = async (
    where: readonly unknown[],
    offset = 0,
    limit: number | null = null,
  ): Promise<readonly Account[]> => {
    const { byId } = await names();
    const more = grants === 'groups' ? ['groups'] : [];
    const rows = listIn(
      await rpc(
        'model.res.user.search_read',
        [everyone, ...where],
        offset,
        limit,
        [['id', 'ASC']],
        [...fields, ...more],
      ),
      'users',
    );
    const held = grants === 'groups' ? undefined : await rolesOf(rows.map(({ id }) => Number(id)));
    return rows.map((row) => {
      const ids = held === undefined ? (row.groups as number[]) : (held.get(Number(row.id)) ?? []);
      const here = String(row.login);
      return {
        id: String(row.id),
        login: here,
        active: Boolean(row.active),
        name: textIn(row.name),
        email: textIn(row.email),
        roles: ids.map((id) => byId.get(id) ?? `#${id}`).sort(),
        ...(own.has(here) || here === login ? { reserved: true as const } : {}),
      };
    });
  };

  const rolesOf = async (users: readonly number[]): Promise<Map<number, number[]>> => {
    const rows = listIn(
      await rpc('model.res.user.role.search_read', [['user', 'in', users]], 0, null, null, ['user', 'role']),
      'roles of users',
    );
    const held = new Map<number, number[]>();
    for (const { user, role } of rows) held.set(Number(user), [...(held.get(Number(user)) ?? []), Number(role)]);
    return held;
  };

  const grantsOf = async (user: number | undefined, add: readonly string[], remove: readonly string[]) => {
    const [added, removed] = await Promise.all([idsOf(add), idsOf(remove)]);
    if (grants === 'groups')
      return {
        groups: [...(added.length > 0 ? [['add', added]] : []), ...(removed.length > 0 ? [['remove', removed]] : [])],
      };
    const rows =
      user === undefined || removed.length === 0
        ? []
        : listIn(
            await rpc(
              'model.res.user.role.search_read',
              [
                ['user', '=', user],
                ['role', 'in', removed],
              ],
              ...[0, null, null, ['id']],
            ),
            'roles of users',
          );
    const gone = rows.map(({ id }) => Number(id));
    return {
      roles: [
        ...(added.length > 0 ? [['create', added.map((role) => ({ role }))]] : []),
        ...(gone.length > 0 ? [['delete', gone]] : []),
      ],
    };
  };

  return {
    pageSize,
    async *list() {
      for (let offset = 0; ; offset += pageSize) {
        const page = await read([], offset, pageSize);
        yield page;
        if (page.length < pageSize) return;
      }
    },
    async find(by) {
      if ('id' in by) return (await read([['id', '=', Number(by.id)]]))[0];
      const [field, value] = 'login' in by ? ['login', by.login] : ['email', by.email];
      return (await read([[field, 'ilike', escaped(value)]]))[0];
    },
    findAll: (ids) => read([['id', 'in', ids.map(Number)]]),
    roles: async () => new Set((await names()).byName.keys()),
    async create(account) {
      const { login, name, email } = account;
      const values = {
        login,
        name,
        ...(email === undefined ? {} : { email }),
        ...(await grantsOf(undefined, account.roles, [])),
      };
      const ids = await rpc('model.res.user.create', [values]);
      const id = Array.isArray(ids) ? textIn(ids[0]) : undefined;
      if (id === undefined) throw new ConnectorFault('unexpected', 'made a user and did not say which');
      return id;
    },
    async change({ id }, { active, roles }) {
      const values = {
        ...(active === undefined ? {} : { active }),
        ...(roles === undefined ? {} : await grantsOf(Number(id), roles.add, roles.remove)),
      };
      await rpc('model.res.user.write', [Number(id)], values);
    },
    async test() {
      const { byName } = await names();
      return `database ${database}: ${byName.size} ${grants}`;
    },
  };
}

/** `ilike` without wildcards is a comparison that folds case. */
function escaped(login: string): string {
  return login.replace(/[\\%_]/g, (one) => `\\${one}`);
}
