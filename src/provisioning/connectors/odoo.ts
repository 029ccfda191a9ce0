import { type Connector, ConnectorFault, type ConnectorSettings } from '#actions/provisioning/port.ts';
import type { Account } from '#domain/provisioning/account.ts';
import { listIn, ProductHttp, record, textIn } from './http.ts';

const pageSize = 200;

/** A group as Odoo keeps it: known here by its external id, such as `sales_team.group_sale_manager`. */
interface Group {
  readonly id: number;
  readonly name: string;
  /** All groups that come with it. */
  readonly implied: readonly number[];
}

/**
 * Odoo. To 18 over JSON-RPC (`/jsonrpc`, `execute_kw`), from 19 over JSON-2 (`/json/2/<model>/<method>`, bearer API key), where the groups of
 * a user are `group_ids` and not `groups_id`. Native roles are external ids of `res.groups`; groups that follow from others are shown as
 * implied, for Odoo adds them by itself.
 */
export function openOdoo(settings: ConnectorSettings): Connector {
  const { database = '', login = '', apiKey = '', api = 'jsonrpc' } = settings;
  const http = new ProductHttp(settings);
  const newer = api === 'json2';
  const [groupsField, impliedField] = newer ? ['group_ids', 'all_implied_ids'] : ['groups_id', 'trans_implied_ids'];
  const everyone = ['active', 'in', [true, false]];

  const rpc = async (service: string, method: string, args: readonly unknown[]): Promise<unknown> => {
    const body = { jsonrpc: '2.0', method: 'call', id: 1, params: { service, method, args } };
    const { json } = await http.call('/jsonrpc', { method: 'POST', body });
    const { result, error } = record(json);
    if (error === undefined) return result;
    const data = record(record(error).data);
    const said = (textIn(data.message) ?? textIn(record(error).message) ?? 'no reason').slice(0, 200);
    const denied = /AccessDenied/.test(textIn(data.name) ?? '');
    throw new ConnectorFault(denied ? 'unauthorized' : 'refused', `Odoo refuses ${method}: ${said}`);
  };

  let user: Promise<number> | undefined;
  const uid = (): Promise<number> => {
    user ??= rpc('common', 'authenticate', [database, login, apiKey, {}]).then((id) => {
      if (typeof id !== 'number') throw new ConnectorFault('unauthorized', `refused the login ${login}`);
      return id;
    });
    user.catch(() => {
      user = undefined;
    });
    return user;
  };

  /** @param ids records of the call @param named arguments by name */
  const call = async (
    model: string,
    method: string,
    ids: readonly number[] | undefined,
    named: Readonly<Record<string, unknown>>,
  ): Promise<unknown> => {
    const context = { active_test: false };
    if (newer) {
      const headers = { authorization: `bearer ${apiKey}`, 'x-odoo-database': database };
      const body = { ...(ids === undefined ? {} : { ids }), context, ...named };
      return (await http.call(`/json/2/${model}/${method}`, { method: 'POST', headers, body })).json;
    }
    const positional = ids === undefined ? [] : [ids];
    return rpc('object', 'execute_kw', [
      database,
      await uid(),
      apiKey,
      model,
      method,
      positional,
      { ...named, context },
    ]);
  };

  let kept: Promise<ReadonlyMap<number, Group>> | undefined;
  const groups = (): Promise<ReadonlyMap<number, Group>> => {
    kept ??= readGroups();
    kept.catch(() => {
      kept = undefined;
    });
    return kept;
  };
  const readGroups = async (): Promise<ReadonlyMap<number, Group>> => {
    const named = listIn(
      await call('ir.model.data', 'search_read', undefined, {
        ...{ domain: [['model', '=', 'res.groups']], fields: ['res_id', 'complete_name'] },
      }),
      'external ids',
    );
    const names = new Map(named.map(({ res_id, complete_name }) => [Number(res_id), String(complete_name)]));
    const rows = listIn(
      await call('res.groups', 'search_read', undefined, { domain: [], fields: [impliedField] }),
      'groups',
    );
    return new Map(
      rows.map((row) => {
        const id = Number(row.id);
        const implied = (row[impliedField] as number[] | undefined) ?? [];
        return [id, { id, name: names.get(id) ?? `res.groups#${id}`, implied: implied.filter((one) => one !== id) }];
      }),
    );
  };

  const read = async (domain: readonly unknown[], page: object = {}): Promise<readonly Account[]> => {
    const known = await groups();
    const fields = ['login', 'name', 'email', 'active', groupsField];
    const rows = listIn(
      await call('res.users', 'search_read', undefined, {
        domain: [everyone, ...domain],
        fields,
        order: 'id',
        ...page,
      }),
      'users',
    );
    return rows.map((row) => {
      const held = ((row[groupsField] as number[] | undefined) ?? []).flatMap((id) => known.get(id) ?? []);
      const following = new Set(held.flatMap(({ implied }) => implied));
      const name = (group: Group) => group.name;
      const here = String(row.login);
      return {
        id: String(row.id),
        login: here,
        active: row.active === true,
        name: textIn(row.name),
        email: textIn(row.email),
        roles: held
          .filter(({ id }) => !following.has(id))
          .map(name)
          .sort(),
        implied: held.filter(({ id }) => following.has(id)).map(name),
        // 1 is OdooBot; the templates and the public user belong to Odoo too.
        ...(own.has(here) || here === login || Number(row.id) === 1 ? { reserved: true as const } : {}),
      };
    });
  };

  const idsOf = async (names: readonly string[]): Promise<number[]> => {
    const wanted = new Set(names);
    return [...(await groups()).values()].filter(({ name }) => wanted.has(name)).map(({ id }) => id);
  };

  return {
    pageSize,
    async *list() {
      for (let offset = 0; ; offset += pageSize) {
        const page = await read([], { offset, limit: pageSize });
        yield page;
        if (page.length < pageSize) return;
      }
    },
    async find(by) {
      if ('id' in by) return (await read([['id', '=', Number(by.id)]]))[0];
      const [field, value] = 'login' in by ? ['login', by.login] : ['email', by.email];
      return (await read([[field, '=ilike', value.replace(/[\\%_]/g, (one) => `\\${one}`)]]))[0];
    },
    findAll: (ids) => read([['id', 'in', ids.map(Number)]]),
    roles: async () => new Set([...(await groups()).values()].map(({ name }) => name)),
    async create({ login: made, name, email, roles }) {
      // Employees, not portal users: base.group_user comes with every group of the product, and is named by none.
      const ids = await idsOf(['base.group_user', ...roles]);
      const values = { login: made, name, ...(email === undefined ? {} : { email }), [groupsField]: [[6, 0, ids]] };
      const answer = newer
        ? await call('res.users', 'create', undefined, { vals_list: [values] })
        : await call('res.users', 'create', [values] as unknown as number[], {});
      const id = textIn(Array.isArray(answer) ? answer[0] : answer);
      if (id === undefined) throw new ConnectorFault('unexpected', 'made a user and did not say which');
      return id;
    },
    async change(account, { active, roles }) {
      const values: Record<string, unknown> = active === undefined ? {} : { active };
      if (roles !== undefined) {
        const [add, remove] = await Promise.all([idsOf(roles.add), idsOf(roles.remove)]);
        // What a removed group brought along goes with it, unless something that stays brings it too.
        const known = await groups();
        const stays = new Set((await idsOf(roles.result)).flatMap((id) => [id, ...(known.get(id)?.implied ?? [])]));
        const brought = remove.flatMap((id) => known.get(id)?.implied ?? []);
        const employee = await idsOf(['base.group_user']);
        const gone = [...new Set([...remove, ...brought])].filter((id) => !stays.has(id) && !employee.includes(id));
        values[groupsField] = [...gone.map((id) => [3, id]), ...add.map((id) => [4, id])];
      }
      const ids = [Number(account.id)];
      if (newer) await call('res.users', 'write', ids, { vals: values });
      else await rpc('object', 'execute_kw', [database, await uid(), apiKey, 'res.users', 'write', [ids, values]]);
    },
    async test() {
      return `database ${database}: ${(await groups()).size} groups`;
    },
  };
}

const own = new Set(['__system__', 'public', 'portaltemplate', 'default']);
