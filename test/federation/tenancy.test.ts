/** What the kinds of provider ask for besides: Entra's tenant and its groups, Google's hosted domain, and what `amr` is worth. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFaults } from '#domain/sources/faults.ts';
import { incompleteOf, methodsOf, subjectOf } from '#federation/openid/tenancy.ts';
import { checkSource } from '#settings/source.ts';

const tenant = '11111111-2222-3333-4444-555555555555';
const entra = { provider: 'entra', tenant } as const;
const google = { provider: 'google', hostedDomain: 'hongda.example' } as const;

test('Entra: the person is oid within the one tenant, and nobody of another', () => {
  const claims = { sub: 'pairwise', oid: 'o-1', tid: tenant.toUpperCase() };
  assert.deepEqual(subjectOf(entra, claims), { subject: `o-1@${tenant}` });
  for (const tid of [undefined, '', '99999999-2222-3333-4444-555555555555', [tenant]])
    assert.deepEqual(subjectOf(entra, { ...claims, tid }), { subject: undefined, cause: 'wrong-tenant' });
  for (const oid of [undefined, '', 7])
    assert.deepEqual(subjectOf(entra, { ...claims, oid }), { subject: undefined, cause: 'no-object-id' });
});

test('Google: the hosted domain is the company’s, or nobody comes', () => {
  assert.deepEqual(subjectOf(google, { sub: 's', hd: 'Hongda.example' }), { subject: 's' });
  for (const hd of [undefined, '', 'gmail.com', 'evil.hongda.example', true])
    assert.deepEqual(subjectOf(google, { sub: 's', hd }), { subject: undefined, cause: 'wrong-hosted-domain' });
});

test('groups that were not told in full are known as such', () => {
  assert.deepEqual(incompleteOf({ groups: ['a'] }), []);
  assert.deepEqual(incompleteOf({ _claim_names: { groups: 'src1' }, _claim_sources: {} }), ['groups']);
  assert.deepEqual(incompleteOf({ hasgroups: true }), ['groups']);
  assert.deepEqual(incompleteOf({ hasgroups: 'true', _claim_names: null }), ['groups']);
});

test('amr counts only where the source is trusted with it', () => {
  const told = { amr: ['pwd', 'mfa', 'hwk'], acr: 'phr' };
  assert.deepEqual(methodsOf({ trustMethods: false }, told), ['fed']);
  assert.deepEqual(methodsOf({ trustMethods: true }, { amr: ['pwd'] }), ['fed']);
  assert.deepEqual(methodsOf({ trustMethods: true }, { amr: ['pwd', 'mfa'] }), ['fed', 'mfa']);
  assert.deepEqual(methodsOf({ trustMethods: true }, { amr: 'mfa' }), ['fed']);
  assert.deepEqual(methodsOf({ trustMethods: true }, told), ['fed', 'hwk', 'mfa']);
});

test('a registration that would let everybody in is refused', () => {
  const base = { id: 's', title: 'S', clientId: 'c', clientSecret: 'k' };
  const faults = (more: object) => checkSource({ ...base, ...more }).faults.map(({ path }) => path);
  const login = 'https://login.microsoftonline.com';
  assert.deepEqual(faults({ provider: 'entra', issuer: `${login}/common/v2.0` }), ['issuer', 'tenant']);
  assert.deepEqual(faults({ provider: 'entra', issuer: `${login}/${tenant}/v2.0` }), []);
  assert.deepEqual(faults({ provider: 'google', issuer: 'https://accounts.google.com' }), ['hostedDomain']);
  assert.deepEqual(faults({ provider: 'oidc', issuer: 'http://idp.example' }), ['issuer']);
  assert.deepEqual(faults({ provider: 'oidc', issuer: 'https://idp.example', algs: ['HS256'] }), ['algs[0]']);
  assert.deepEqual(faults({ provider: 'oidc', issuer: 'https://idp.example', algs: ['none'] }), ['algs[0]']);
  const attributes = { status: 'x', __proto__: 'y', passwordHash: 'z' };
  assert.deepEqual(
    sourceFaults({ ...base, provider: 'oidc', issuer: 'https://idp.example', attributes }).map(({ path }) => path),
    ['attributes.status', 'attributes.passwordHash'],
  );
});
