/** Every connector against what its product answers, and in each way in which products fail. Tryton, which is real, is in tryton.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Connector, ConnectorFault } from '#actions/provisioning/port.ts';
import type { ProvisioningSettings } from '#domain/provisioning/settings.ts';
import { createConnectors } from '#provisioning/connectors/connectors.ts';
import { dolibarrProduct } from '#test/support/products/dolibarr.ts';
import { erpNextProduct } from '#test/support/products/erpnext.ts';
import { espoCrmProduct } from '#test/support/products/espocrm.ts';
import { odooProduct } from '#test/support/products/odoo.ts';
import { scimProduct } from '#test/support/products/scim.ts';
import { keep, type Product, serveProduct } from '#test/support/products/server.ts';
import { suiteCrmProduct } from '#test/support/products/suitecrm.ts';

interface Case {
  readonly name: string;
  readonly make: () => Product;
  readonly settings: Partial<ProvisioningSettings>;
  readonly roles: readonly [string, string];
  /** Logins are addresses there. */
  readonly byEmail?: true;
  /** Its API cannot take roles away. */
  readonly keepsRoles?: true;
}

const two = ['Sales', 'Accounting'] as const;
const groups = {
  'base.group_user': [],
  'sales_team.group_sale_salesman': ['base.group_user'],
  'sales_team.group_sale_manager': ['sales_team.group_sale_salesman'],
  'account.group_account_invoice': ['base.group_user'],
};
const odoo = { connector: 'odoo', database: 'erp', login: 'gatehouse', apiKey: 'the key' } as const;
const cases: readonly Case[] = [
  {
    name: 'scim',
    make: () => scimProduct('rfc', two),
    settings: { connector: 'scim', token: 'the token' },
    roles: two,
  },
  {
    name: 'scim, Salesforce',
    make: () => scimProduct('salesforce', two, ['Standard User']),
    settings: { connector: 'scim', dialect: 'salesforce', token: 'the token' },
    roles: two,
  },
  {
    name: 'scim, HubSpot',
    make: () => scimProduct('hubspot', two),
    settings: { connector: 'scim', dialect: 'hubspot', token: 'the token' },
    roles: two,
  },
  ...(['jsonrpc', 'json2'] as const).map(
    (api): Case => ({
      ...{ name: `odoo, ${api}`, make: () => odooProduct(groups), settings: { ...odoo, api } },
      roles: ['sales_team.group_sale_manager', 'account.group_account_invoice'],
    }),
  ),
  {
    name: 'erpnext',
    make: () => erpNextProduct(two),
    settings: { connector: 'erpnext', apiKey: 'the key', apiSecret: 'the secret' },
    roles: two,
    byEmail: true,
  },
  {
    name: 'dolibarr',
    make: () => dolibarrProduct(two),
    settings: { connector: 'dolibarr', apiKey: 'the key' },
    roles: two,
    keepsRoles: true,
  },
  {
    name: 'espocrm',
    make: () => espoCrmProduct(two),
    settings: { connector: 'espocrm', apiKey: 'the key' },
    roles: two,
  },
  {
    name: 'suitecrm',
    make: () => suiteCrmProduct(two),
    settings: { connector: 'suitecrm', clientId: 'the client', clientSecret: 'the secret' },
    roles: two,
  },
];

const open = (url: string, settings: Partial<ProvisioningSettings>): Connector =>
  createConnectors().open({
    ...{ url, mode: 'on', accounts: 'create', allow: [], allowLoopback: true },
    ...(settings as Pick<ProvisioningSettings, 'connector'>),
  });

for (const { name, make, settings, roles, byEmail, keepsRoles } of cases) {
  const [first, second] = roles;

  test(`${name}: lists page by page, finds, creates, gives and takes roles, sets active`, async (t) => {
    const product = await serveProduct(t, make());
    for (let at = 0; at < 250; at += 1) {
      const login = byEmail ? `p${at}@example.com` : `p${at}`;
      keep(product.accounts, { ...(byEmail ? { id: login } : {}), login, email: `p${at}@example.com` });
    }
    const connector = open(product.url, settings);
    const listed = (await Array.fromAsync(connector.list())).flat();
    assert.equal(new Set(listed.map(({ id }) => id)).size, 250, 'every account once, over all pages');
    const known = await connector.roles();
    if (known !== undefined) assert.ok(roles.every((role) => known.has(role)));
    assert.match(await connector.test(), /\S/);

    const login = byEmail ? 'anna@example.com' : 'anna';
    const about = { login, externalId: 'x', name: 'Anna Nowak', givenName: 'Anna', familyName: 'Nowak' };
    const id = await connector.create({ ...about, email: 'anna@example.com', roles: [first] });
    const made = await connector.find({ id });
    assert.deepEqual([made?.login, made?.active, made?.roles, made?.email], [login, true, [first], 'anna@example.com']);
    assert.equal((await connector.find({ login: login.toUpperCase() }))?.id, id, 'logins fold case');
    assert.equal(await connector.find({ login: 'nobody-has-this' }), undefined);
    assert.ok(made !== undefined);

    await connector.change(made, { roles: { add: [second], remove: [], result: [first, second] } });
    assert.deepEqual((await connector.find({ id }))?.roles.toSorted(), roles.toSorted());
    const taking = connector.change(made, { roles: { add: [], remove: [first], result: [second] } });
    if (keepsRoles) await assert.rejects(taking, /cannot take groups away: remove Sales/);
    else {
      await taking;
      assert.deepEqual((await connector.find({ id }))?.roles, [second]);
    }
    await connector.change(made, { active: false });
    assert.equal((await connector.find({ id }))?.active, false);
    await connector.change({ ...made, active: false }, { active: true });
    assert.equal((await connector.find({ id }))?.active, true);
    assert.ok(
      !product.asked.some(({ method, path }) => method === 'DELETE' && !path.includes('relationships')),
      'nobody was deleted',
    );
  });

  test(`${name}: says what is wrong, and never a secret`, async (t) => {
    const product = await serveProduct(t, make());
    keep(product.accounts, byEmail ? { id: 'p@example.com', login: 'p@example.com' } : { login: 'p' });
    const secrets = [settings.token, settings.apiKey, settings.apiSecret, settings.clientSecret].filter(
      (one) => one !== undefined,
    );
    const faultOf = async (connector: Connector): Promise<ConnectorFault> => {
      try {
        await Array.fromAsync(connector.list());
      } catch (fault) {
        assert.ok(fault instanceof ConnectorFault, String(fault));
        for (const secret of secrets) assert.ok(!fault.message.includes(secret), fault.message);
        return fault;
      }
      return assert.fail('it should have failed');
    };
    const wrong = { token: 'x-wrong', apiKey: 'x-wrong', apiSecret: 'x-wrong', clientSecret: 'x-wrong' };
    assert.equal((await faultOf(open(product.url, { ...settings, ...wrong }))).code, 'unauthorized');
    product.disturb = () => ({ status: 500, json: { message: `failed with ${secrets.join(' ')}` } });
    assert.equal((await faultOf(open(product.url, settings))).code, 'unreachable');
    product.disturb = () => ({ text: '<!doctype html><title>Sign in</title>' });
    assert.match(
      (await faultOf(open(product.url, settings))).message,
      /a web page where JSON was due: check the address/,
    );
    product.disturb = () => 'drop';
    assert.equal((await faultOf(open(product.url, settings))).code, 'unreachable');
    product.disturb = () => ({ status: 302, text: '', headers: { location: 'https://elsewhere.example/' } });
    assert.equal((await faultOf(open(product.url, settings))).code, 'unexpected');
    product.disturb = () => ({ status: 429, json: {}, headers: { 'retry-after': '120' } });
    const busy = await faultOf(open(product.url, settings));
    assert.deepEqual([busy.code, busy.retryAfter], ['busy', 120_000]);
    let waits = 2;
    product.disturb = () => (waits-- > 0 ? { status: 429, json: {}, headers: { 'retry-after': '0' } } : undefined);
    assert.equal(
      (await Array.fromAsync(open(product.url, settings).list())).flat().length,
      1,
      'a short wait is waited for',
    );
  });
}

test('Salesforce: one profile, set apart from the permission sets', async (t) => {
  const product = await serveProduct(t, scimProduct('salesforce', two, ['Standard User', 'Read Only']));
  const connector = open(product.url, { connector: 'scim', dialect: 'salesforce', token: 'the token' });
  const id = await connector.create({
    login: 'a@example.com',
    externalId: 'x',
    name: 'A',
    roles: ['Sales'],
    profile: 'Read Only',
  });
  const made = await connector.find({ id });
  assert.deepEqual([made?.profile, made?.roles], ['Read Only', ['Sales']]);
  assert.ok(made !== undefined);
  await connector.change(made, { profile: 'Standard User' });
  assert.equal(product.accounts.get(id)?.profile, 'Standard User');
});

test('Odoo: a group that comes with another is no surplus, and goes with it', async (t) => {
  const product = await serveProduct(t, odooProduct(groups));
  const connector = open(product.url, odoo);
  const id = await connector.create({
    login: 'a',
    externalId: 'x',
    name: 'A',
    roles: ['sales_team.group_sale_manager'],
  });
  const made = await connector.find({ id });
  assert.deepEqual(made?.roles, ['sales_team.group_sale_manager']);
  assert.deepEqual(made?.implied?.toSorted(), ['base.group_user', 'sales_team.group_sale_salesman']);
  assert.ok(made !== undefined);
  await connector.change(made, {
    roles: {
      add: ['account.group_account_invoice'],
      remove: ['sales_team.group_sale_manager'],
      result: ['account.group_account_invoice'],
    },
  });
  assert.deepEqual(product.accounts.get(id)?.roles.toSorted(), ['account.group_account_invoice', 'base.group_user']);
});

test('a private address is not called unless the system lists it', async () => {
  const settings = { url: 'http://10.1.2.3', mode: 'on', accounts: 'create', allow: [], allowLoopback: true } as const;
  const connector = createConnectors().open({ ...settings, connector: 'dolibarr', apiKey: 'the key' });
  await assert.rejects(Array.fromAsync(connector.list()), /not allowed; list the network under outbound.allow/);
});
