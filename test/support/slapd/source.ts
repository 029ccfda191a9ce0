import assert from 'node:assert/strict';
import type { Services } from '#actions/services.ts';
import { createSource } from '#actions/sources/create.ts';
import { checkSource } from '#settings/source.ts';
import type { Stored } from '#storage/collection.ts';
import type { Source } from '#storage/collections.ts';
import { groupsBase, peopleBase, serviceDn, servicePassword } from './people.ts';
import type { Directory } from './start.ts';

/** A directory of the tests as a source is registered; people are made at their first sign-in. */
export function sourceInput(directory: Directory, more: object = {}): object {
  return {
    id: 'ad',
    title: 'Company directory',
    provider: 'ldap',
    url: directory.tlsUrl,
    caFile: directory.caFile,
    bindDn: serviceDn,
    bindPassword: servicePassword,
    base: peopleBase,
    filter: '(|(uid={login})(mail={login}))',
    create: true,
    groups: { base: groupsBase },
    attributes: { department: 'departmentNumber', groups: 'memberOf' },
    ...more,
  };
}

export async function addSource(services: Services, directory: Directory, more: object = {}): Promise<Stored<Source>> {
  const { source, faults } = checkSource(sourceInput(directory, more));
  assert.ok(source, JSON.stringify(faults));
  return createSource(services, { actor: { kind: 'operator' } }, source);
}
