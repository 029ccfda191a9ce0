import { type Kept, keep, object, type Product, type Reply } from './server.ts';

/** Odoo's users and groups over JSON-RPC (to 18) and JSON-2 (19). A group may imply others, which a user then holds too, as Odoo writes them. */
export function odooProduct(groups: Readonly<Record<string, readonly string[]>>): Product {
  const accounts = new Map<string, Kept>();
  const names = Object.keys(groups);
  const idOf = (name: string) => 10 + names.indexOf(name);
  const nameOf = (id: number) => names[id - 10] ?? '';
  const closed = (held: readonly string[]): string[] => {
    const all = new Set(held);
    for (const name of all) for (const one of groups[name] ?? []) all.add(one);
    return [...all];
  };
  const write = (kept: Kept, values: Record<string, unknown>, field: string): void => {
    if (typeof values.active === 'boolean') kept.active = values.active;
    for (const command of (values[field] ?? []) as [number, number, number[]?][]) {
      if (command[0] === 6) kept.roles = closed((command[2] ?? []).map(nameOf));
      if (command[0] === 4) kept.roles = closed([...kept.roles, nameOf(command[1])]);
      if (command[0] === 3) kept.roles = kept.roles.filter((name) => name !== nameOf(command[1]));
    }
  };
  const run = (
    model: string,
    method: string,
    ids: unknown,
    named: Record<string, unknown>,
    newer: boolean,
  ): unknown => {
    const field = newer ? 'group_ids' : 'groups_id';
    if (model === 'ir.model.data') return names.map((name) => ({ id: 1, res_id: idOf(name), complete_name: name }));
    if (model === 'res.groups') {
      const implied = newer ? 'all_implied_ids' : 'trans_implied_ids';
      return names.map((name) => ({ id: idOf(name), [implied]: closed(groups[name] ?? []).map(idOf) }));
    }
    if (method === 'create') {
      const values = object(newer ? (named.vals_list as unknown[])[0] : ids);
      const made = keep(accounts, {
        login: String(values.login),
        name: String(values.name),
        email: String(values.email ?? ''),
      });
      write(made, values, field);
      return newer ? [Number(made.id)] : Number(made.id);
    }
    if (method === 'write') {
      for (const id of ids as number[]) write(accounts.get(String(id)) as Kept, object(named.vals), field);
      return true;
    }
    const {
      domain,
      offset = 0,
      limit = 1000,
    } = named as { domain: [string, string, unknown][]; offset?: number; limit?: number };
    const fits = (kept: Kept) =>
      domain.every(([name, operator, value]) => {
        if (name === 'active') return true;
        if (name === 'id')
          return operator === 'in' ? (value as number[]).includes(Number(kept.id)) : Number(kept.id) === value;
        return (
          (name === 'login' ? kept.login : kept.email).toLowerCase() ===
          String(value).replace(/\\(.)/g, '$1').toLowerCase()
        );
      });
    return [...accounts.values()]
      .filter(fits)
      .slice(offset, offset + limit)
      .map((kept) => ({
        id: Number(kept.id),
        login: kept.login,
        name: kept.name,
        email: kept.email || false,
        active: kept.active,
        [field]: kept.roles.map(idOf),
      }));
  };
  return {
    accounts,
    roles: names,
    answer({ path, headers, body }): Reply {
      const newer = /^\/json\/2\/([^/]+)\/([^/]+)$/.exec(path);
      if (newer !== null) {
        if (headers.authorization !== 'bearer the key')
          return { status: 401, json: { name: 'werkzeug.exceptions.Unauthorized', message: 'Invalid apikey' } };
        const { ids, context: _, ...named } = object(body);
        return { json: run(newer[1] ?? '', newer[2] ?? '', ids, named, true) };
      }
      const { service, args } = object(object(body).params) as { service: string; args: unknown[] };
      const answer = (result: unknown): Reply => ({ json: { jsonrpc: '2.0', id: 1, result } });
      if (service === 'common') return answer(args[2] === 'the key' ? 2 : false);
      const [, , key, model, method, positional, named] = args as [
        string,
        number,
        string,
        string,
        string,
        unknown[],
        object?,
      ];
      if (key !== 'the key')
        return {
          json: {
            jsonrpc: '2.0',
            id: 1,
            error: {
              message: 'Odoo Server Error',
              data: { name: 'odoo.exceptions.AccessDenied', message: 'Access Denied' },
            },
          },
        };
      const values = method === 'write' ? { vals: positional[1] } : object(named);
      const first = method === 'create' ? (positional[0] as unknown[])[0] : positional[0];
      return answer(run(model, method, first ?? positional, values, false));
    },
  };
}
