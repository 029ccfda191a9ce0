/** Whose account is whose, and which are never touched. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account, Wanted } from '#domain/provisioning/account.ts';
import { planAccounts } from '#domain/provisioning/plan.ts';

const wanted = (login: string, more: Partial<Wanted> = {}): Wanted => ({
  ...{ person: login, label: login, login, linked: false, active: true, roles: ['Sales'], name: login },
  ...more,
});
const account = (login: string, more: Partial<Account> = {}): Account => ({
  ...{ id: `id-${login}`, login, active: true, roles: ['Sales'] },
  ...more,
});
const plan = (people: readonly Wanted[], accounts: readonly Account[]) =>
  planAccounts({
    ...{ wanted: people, accounts, how: { mode: 'replace', profiles: [] }, managed: new Set(['Sales']) },
    mayCreate: true,
  });

test('an e-mail address alone makes an account nobody’s, and no second one is made', () => {
  const { create, link, faults, unmanaged } = plan(
    [wanted('cfo', { email: 'cfo@example.com' })],
    [account('mallory', { email: 'CFO@example.com' })],
  );
  assert.deepEqual([create, link, unmanaged.length], [[], [], 1]);
  assert.match(faults[0]?.message ?? '', /mallory there has the same e-mail address/);
});

test('accounts of the product and of the connection are never changed', () => {
  const { change, disable, faults, unmanaged } = plan(
    [wanted('admin', { active: false, linked: true })],
    [account('admin', { reserved: true })],
  );
  assert.deepEqual([change, disable, unmanaged], [[], [], []]);
  assert.match(faults[0]?.message ?? '', /never changed/);
});

test('who has no right and no tie to an account leaves it alone; who has a tie is disabled, and one account has one owner', () => {
  assert.equal(plan([wanted('anna', { active: false })], [account('anna')]).unmanaged.length, 1);
  assert.equal(plan([wanted('anna', { active: false, linked: true })], [account('Anna')]).disable.length, 1);
  const two = plan([wanted('anna'), wanted('renamed', { account: 'id-anna' })], [account('anna')]);
  assert.deepEqual([two.same.map((step) => step.wanted.person), two.faults.length], [['renamed'], 1]);
});
