import { adminPassword } from './install.ts';

export interface TrytonUser {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly email: string | null;
  readonly active: boolean;
  /** Names of its groups, sorted. */
  readonly groups: readonly string[];
}

/** One database of a Tryton server, asked as its administrator over JSON-RPC: what really stands there. */
export class TrytonDatabase {
  readonly #url: string;
  #session: string | undefined;

  constructor(server: string, name: string) {
    this.#url = `${server}/${name}/rpc/`;
  }

  /** @throws Error with what Tryton says */
  async call<R>(method: string, ...params: unknown[]): Promise<R> {
    this.#session ??= await this.#signIn();
    return this.#post<R>(method, [...params, {}], { authorization: `Session ${this.#session}` });
  }

  /** Can somebody sign in with this password? */
  async takesPassword(login: string, password: string): Promise<boolean> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ id: 1, method: 'common.db.login', params: [login, { password }, 'en'] });
    return (await fetch(this.#url, { method: 'POST', headers, body })).status === 200;
  }

  /** Everybody who has a user there, inactive ones too, by login. */
  async users(): Promise<ReadonlyMap<string, TrytonUser>> {
    const groups = await this.groups();
    const names = new Map([...groups].map(([name, id]) => [id, name]));
    const rows = await this.call<(Omit<TrytonUser, 'groups' | 'active'> & { groups: number[]; active: unknown })[]>(
      'model.res.user.search_read',
      [['active', 'in', [true, false]]],
      0,
      null,
      null,
      ['login', 'name', 'email', 'active', 'groups'],
    );
    return new Map(
      rows.map((row) => [
        row.login,
        // SQLite knows no truth values.
        { ...row, active: Boolean(row.active), groups: row.groups.map((id) => names.get(id) ?? String(id)).sort() },
      ]),
    );
  }

  /** Name to id. */
  async groups(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.call<{ id: number; name: string }[]>('model.res.group.search_read', [], 0, null, null, [
      'name',
    ]);
    return new Map(rows.map(({ id, name }) => [name, id]));
  }

  /** Gives a group by hand, as an administrator of the product would. */
  async giveGroup(login: string, group: string): Promise<void> {
    const id = (await this.users()).get(login)?.id;
    await this.call('model.res.user.write', [id], { groups: [['add', [(await this.groups()).get(group)]]] });
  }

  async #signIn(): Promise<string> {
    const signedIn = await this.#post<[number, string]>(
      'common.db.login',
      ['admin', { password: adminPassword }, 'en'],
      {},
    );
    return Buffer.from(`admin:${signedIn[0]}:${signedIn[1]}`).toString('base64');
  }

  async #post<R>(method: string, params: unknown[], headers: Record<string, string>): Promise<R> {
    const answer = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ id: 1, method, params }),
    });
    if (answer.status !== 200)
      throw new Error(`Tryton answers ${method} with ${answer.status}: ${await answer.text()}`);
    const { result, error } = (await answer.json()) as { result?: R; error?: unknown };
    if (error !== undefined && error !== null) throw new Error(`Tryton refuses ${method}: ${JSON.stringify(error)}`);
    return result as R;
  }
}
