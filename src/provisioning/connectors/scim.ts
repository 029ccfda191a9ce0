import { type Connector, ConnectorFault, type ConnectorSettings } from '#actions/provisioning/port.ts';
import type { Account } from '#domain/provisioning/account.ts';
import { listIn, ProductHttp, record, textIn } from './http.ts';
import { groupRoles, hubSpotRoles, type ScimRoles, salesforceRoles } from './scim-roles.ts';

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export type Json = Readonly<Record<string, unknown>>;

/** One SCIM service, as the dialects use it. */
export interface ScimService {
  get(path: string): Promise<Json | undefined>;
  /** RFC 7644, 3.4.2.4: every resource of a type, page by page. */
  pages(path: string, query?: Readonly<Record<string, string>>): AsyncIterable<readonly Json[]>;
  /** RFC 7644, 3.5.2 */
  patch(path: string, operations: readonly Json[]): Promise<void>;
}

/**
 * SCIM 2.0 (RFC 7643, 7644). How native roles are held differs: groups after the standard, entitlements at Salesforce, roles at HubSpot
 * (`scim-roles.ts`). Nobody is deleted: `active` is set.
 */
export function openScim(settings: ConnectorSettings): Connector {
  const { token = '', dialect = 'rfc' } = settings;
  const http = new ProductHttp(settings);
  // Salesforce shows at most 200 of anything, HubSpot at most 100.
  const pageSize = dialect === 'hubspot' ? 100 : 200;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/scim+json, application/json' };
  const sending = { ...headers, 'content-type': 'application/scim+json' };

  const service: ScimService = {
    async get(path) {
      const { status, json } = await http.call(path, { headers, accept: [404] });
      return status === 404 ? undefined : record(json);
    },
    async *pages(path, query = {}) {
      for (let start = 1; ; ) {
        const page = { ...query, startIndex: String(start), count: String(pageSize) };
        const { json } = await http.call(`${path}?${new URLSearchParams(page)}`, { headers });
        const { totalResults, Resources } = record(json);
        const rows = Resources === undefined && totalResults === 0 ? [] : listIn(Resources, 'Resources');
        yield rows;
        // A server may give fewer than asked for (3.4.2.4); what it gave counts.
        start += rows.length;
        if (rows.length === 0 || start > Number(totalResults)) return;
      }
    },
    async patch(path, operations) {
      const body = JSON.stringify({ schemas: [patchSchema], Operations: operations });
      await http.call(path, { method: 'PATCH', headers: sending, body });
    },
  };
  const roles: ScimRoles = { rfc: groupRoles, salesforce: salesforceRoles, hubspot: hubSpotRoles }[dialect](service);

  const account = async (user: Json): Promise<Account> => {
    const name = record(user.name);
    const emails = Array.isArray(user.emails) ? user.emails.map(record) : [];
    const email = emails.find(({ primary }) => primary === true) ?? emails[0];
    const names = [textIn(name.givenName), textIn(name.familyName)].filter((part) => part !== undefined).join(' ');
    return {
      id: String(user.id),
      login: String(user.userName),
      // Absent means active: the attribute is not required (RFC 7643, 4.1.1).
      active: user.active === undefined || user.active === true || String(user.active).toLowerCase() === 'true',
      name: textIn(user.displayName) ?? textIn(name.formatted) ?? names,
      email: textIn(email?.value),
      ...(await roles.heldBy(user)),
    };
  };
  const first = async (filter: string): Promise<Account | undefined> => {
    const { json } = await http.call(`/Users?${new URLSearchParams({ filter, count: '1', startIndex: '1' })}`, {
      headers,
    });
    const [user] = listIn(record(json).Resources ?? [], 'Resources');
    return user === undefined ? undefined : account(user);
  };

  return {
    pageSize,
    async *list() {
      for await (const users of service.pages('/Users')) {
        const page: Account[] = [];
        for (const user of users) page.push(await account(user));
        yield page;
      }
    },
    async find(by) {
      if (!('id' in by)) {
        const [path, value] = 'login' in by ? ['userName', by.login] : ['emails.value', by.email];
        return first(`${path} eq ${JSON.stringify(value)}`);
      }
      const user = await service.get(`/Users/${encodeURIComponent(by.id)}`);
      return user === undefined ? undefined : account(user);
    },
    roles: () => roles.known(),
    async create({ login, externalId, name, givenName, familyName, email, roles: wanted, profile }) {
      const body = {
        ...{ schemas: [userSchema], userName: login, externalId, displayName: name, active: true },
        name: { formatted: name, familyName: familyName ?? name, ...(givenName === undefined ? {} : { givenName }) },
        ...(email === undefined ? {} : { emails: [{ value: email, type: 'work', primary: true }] }),
        ...(await roles.ofNew?.(wanted, profile)),
      };
      const { json } = await http.call('/Users', { method: 'POST', headers: sending, body: JSON.stringify(body) });
      const id = textIn(record(json).id);
      if (id === undefined) throw new ConnectorFault('unexpected', 'made a user and did not say which');
      if (roles.ofNew === undefined && wanted.length > 0)
        await roles.change(id, { add: wanted, remove: [], result: wanted });
      return id;
    },
    async change({ id }, { active, roles: change, profile }) {
      const path = `/Users/${encodeURIComponent(id)}`;
      // Off first and on last, so that nobody is in with roles that are being taken.
      if (active === false) await service.patch(path, [{ op: 'replace', path: 'active', value: false }]);
      if (change !== undefined || profile !== undefined)
        await roles.change(id, change ?? { add: [], remove: [], result: [] }, profile);
      if (active === true) await service.patch(path, [{ op: 'replace', path: 'active', value: true }]);
    },
    async test() {
      const { json } = await http.call('/Users?startIndex=1&count=1', { headers });
      return `${Number(record(json).totalResults)} users`;
    },
  };
}
