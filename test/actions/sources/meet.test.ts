/** Who an upstream identity is here: found by source, issuer and subject alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { changePerson, disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { mergePeople } from '#actions/people/merge/merge.ts';
import { unmergePeople } from '#actions/people/merge/unmerge.ts';
import type { Services } from '#actions/services.ts';
import { applySources } from '#actions/sources/apply.ts';
import { changeSource } from '#actions/sources/change.ts';
import { createSource } from '#actions/sources/create.ts';
import { getSource } from '#actions/sources/directory.ts';
import { identitiesOf } from '#actions/sources/identities.ts';
import { linkIdentity, type Met, meetIdentity, type ProvedIdentity } from '#actions/sources/meet.ts';
import { sourceSettingsOf } from '#actions/sources/record.ts';
import { removeSource } from '#actions/sources/remove.ts';
import type { Origin } from '#domain/audit/event.ts';
import { checkSource } from '#settings/source.ts';
import { people } from '#storage/collections.ts';
import { testServices } from '#test/support/services.ts';

const hub: Origin = { actor: { kind: 'hub' } };

const entra = {
  id: 'entra',
  title: 'Microsoft',
  provider: 'oidc',
  issuer: 'https://login.example/',
  clientId: 'hub',
  clientSecret: 'of-the-source-alone',
  domains: ['hongda.example'],
  attributes: { department: 'department', groups: 'groups' },
};

const apply = async (services: Services, more: object = {}) => {
  const { source, faults } = checkSource({ ...entra, ...more });
  assert.ok(source, JSON.stringify(faults));
  await applySources(services, hub, [source]);
};

const someone: ProvedIdentity = {
  source: 'entra',
  issuer: 'https://login.example/',
  subject: 'u-1',
  values: { email: 'li@hongda.example', name: 'Li Na', department: 'Sales', groups: ['a', 'b'] },
  incomplete: [],
  emailVerified: true,
};

const meet = (services: Services, proved = someone): Promise<Met> =>
  services.store.unit(async (unit) => {
    const met = await meetIdentity(services, hub, proved);
    await unit.commit();
    return met;
  });

const known = (met: Met) => {
  assert.equal(met.outcome, 'known', JSON.stringify(met));
  return met.outcome === 'known' ? met.person : assert.fail();
};

test('a source of the configuration is applied at each start, its secret sealed, and one disabled here stays so', async (t) => {
  const services = await testServices(t);
  await apply(services);
  const made = await getSource(services, 'entra');
  assert.ok(!JSON.stringify(made).includes('of-the-source-alone'));
  await changeSource(services, hub, sourceSettingsOf(services, made), { enabled: false });
  await apply(services, { title: 'Entra' });
  const again = await getSource(services, 'entra');
  assert.deepEqual([again.title, again.enabled, again.secretSealed], ['Entra', false, made.secretSealed]);
  await apply(services, { title: 'Entra' });
  assert.equal((await getSource(services, 'entra')).version, again.version);
});

test('with creation on the first sign-in makes a person, and the next one finds and updates them', async (t) => {
  const services = await testServices(t);
  await apply(services, { create: true });
  const first = known(await meet(services));
  assert.deepEqual([first.email, first.emailVerified, first.department], ['li@hongda.example', false, 'Sales']);
  const values = { ...someone.values, name: 'Other', department: 'Finance', groups: ['b'] };
  const second = known(await meet(services, { ...someone, values }));
  assert.deepEqual([second.id, second.name, second.department], [first.id, 'Li Na', 'Finance']);
  assert.deepEqual(second.attributes.groups, ['b']);
  const partly = known(await meet(services, { ...someone, values: {}, incomplete: ['groups'] }));
  assert.deepEqual([partly.department, partly.attributes.groups], [undefined, ['b']], 'what was told in part stays');
  const types = (await services.store.audit.query({ person: first.id })).items.map(({ type }) => type);
  assert.deepEqual(types.filter((type) => type !== 'person.changed').sort(), ['person.created', 'person.linked']);
});

test('an account with the same address is nobody’s to take, whatever the source says of it', async (t) => {
  const services = await testServices(t);
  await apply(services, { create: true, trustEmail: true });
  const local = await createPerson(services, hub, { email: 'li@hongda.example', name: 'Li Na' });
  for (const emailVerified of [true, false]) {
    const met = await meet(services, { ...someone, emailVerified });
    assert.deepEqual([met.outcome, 'because' in met && met.because], ['unlinked', 'taken']);
  }
  assert.deepEqual(await identitiesOf(services, local.id), []);
  await linkIdentity(services, hub, local, someone);
  assert.equal(known(await meet(services)).id, local.id);
  assert.equal((await meet(services, { ...someone, issuer: 'https://else.example/' })).outcome, 'unlinked');
});

test('creation off, a disabled account and a disabled source let nobody in', async (t) => {
  const services = await testServices(t);
  await apply(services);
  assert.deepEqual((await meet(services)).outcome, 'unlinked');
  const local = await createPerson(services, hub, { email: 'li@hongda.example', name: 'Li Na' });
  await linkIdentity(services, hub, local, someone);
  await disablePerson(services, hub, local.id);
  const disabled = await meet(services);
  assert.deepEqual([disabled.outcome, 'cause' in disabled && disabled.cause], ['refused', 'disabled']);
  await changePerson(services, hub, local.id, { status: 'active' });
  const source = sourceSettingsOf(services, await getSource(services, 'entra'));
  await changeSource(services, hub, source, { enabled: false });
  const closed = await meet(services);
  assert.deepEqual([closed.outcome, 'cause' in closed && closed.cause], ['refused', 'source-disabled']);
});

test('what a source told is sealed, and goes with the person', async (t) => {
  const services = await testServices(t);
  await apply(services, { create: true });
  const person = known(await meet(services));
  const [identity] = await identitiesOf(services, person.id);
  assert.ok(identity?.toldSealed && !identity.toldSealed.includes('hongda'));
  await erasePerson(services, { actor: { kind: 'operator' } }, person.id, { reason: 'asked' });
  assert.deepEqual(await identitiesOf(services, person.id), []);
  assert.equal(await services.store.get(people, person.id), undefined);
});

test('a merge takes identities along, and undoing it gives them back', async (t) => {
  const services = await testServices(t);
  await apply(services, { create: true });
  const operator: Origin = { actor: { kind: 'operator' } };
  const made = known(await meet(services));
  const survivor = await createPerson(services, hub, { username: 'li.na', name: 'Li Na' });
  const merge = await mergePeople(services, operator, survivor.id, { other: made.id, reason: 'one person' });
  assert.equal(known(await meet(services)).id, survivor.id);
  await unmergePeople(services, operator, merge.id);
  assert.equal(known(await meet(services)).id, made.id);
});

test('an API token neither changes, removes nor makes again a source that an administrator signs in by', async (t) => {
  const services = await testServices(t);
  await apply(services);
  const owner = await createPerson(services, hub, { email: 'olga@hongda.example', name: 'Olga' });
  await assignRole(services, { actor: { kind: 'operator' } }, owner.id, { role: 'hub-owner', reason: 'for the test' });
  await linkIdentity(services, hub, owner, someone);
  const token: Origin = { actor: { kind: 'system', id: 'robot' } };
  const settings = sourceSettingsOf(services, await getSource(services, 'entra'));
  await assert.rejects(changeSource(services, token, { ...settings, title: 'x' }), { code: 'forbidden' });
  await assert.rejects(removeSource(services, token, 'entra'), { code: 'forbidden' });
  await removeSource(services, hub, 'entra');
  await assert.rejects(createSource(services, token, settings), { code: 'forbidden' }, 'the links are still there');
  await createSource(services, token, { ...settings, id: 'another', domains: [] });
  await createSource(services, hub, settings);
});
