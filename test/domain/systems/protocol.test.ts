/** What a system's settings and its module come to at the protocol endpoints, and which exceptions are in use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProtocolSettings, protocolRules, warningsOf } from '#domain/systems/protocol.ts';

const old = { exceptions: [{ rule: 'no-pkce' as const, because: 'It sends no code_challenge.' }] };
const implicit = { exceptions: [{ rule: 'response-type-token' as const, because: 'It knows nothing else.' }] };
const basic = { auth: 'client_secret_basic' };

const cases: [string, ProtocolSettings, Parameters<typeof protocolRules>[1], object, string[]][] = [
  ['nothing said', basic, undefined, { pkce: 'required', implicit: false, dpop: 'optional' }, []],
  ['the module names no-pkce', basic, old, { pkce: 'optional' }, ['no-pkce']],
  ['the system says otherwise', { ...basic, pkce: 'required' }, old, { pkce: 'required' }, []],
  ['an exception without a module', { ...basic, pkce: 'optional' }, undefined, { pkce: 'optional' }, ['no-pkce']],
  ['a public client always needs PKCE', { auth: 'none' }, old, { pkce: 'required' }, []],
  ['the module names implicit', basic, implicit, { implicit: false }, []],
  ['and the system uses it', { ...basic, implicit: true }, implicit, { implicit: true }, ['response-type-token']],
  ['implicit without the module', { ...basic, implicit: true }, old, { implicit: false }, ['no-pkce']],
  [
    'FAPI 2.0',
    { auth: 'private_key_jwt', profile: 'fapi2', pkce: 'optional', implicit: true },
    { exceptions: [...old.exceptions, ...implicit.exceptions] },
    { pkce: 'required', implicit: false, dpop: 'required' },
    [],
  ],
  ['SAML', { protocol: 'saml' }, old, { protocol: 'saml' }, []],
];
for (const [name, system, module, expected, warned] of cases) {
  test(`exceptions of a system: ${name}`, () => {
    const rules = protocolRules(system, module);
    assert.deepEqual({ ...rules, ...expected }, rules);
    assert.deepEqual(
      warningsOf(system, module).map(({ rule }) => rule),
      warned,
    );
  });
}
