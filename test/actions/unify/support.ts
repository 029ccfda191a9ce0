import assert from 'node:assert/strict';
import type { Services } from '#actions/services.ts';
import { createSystem } from '#actions/systems/create.ts';
import { type Bulk, requestAccepting } from '#actions/unify/accept-sure.ts';
import { jobDone } from '#actions/unify/jobs/wait.ts';
import { type Reading, requestMatch } from '#actions/unify/match.ts';
import { startUnification } from '#actions/unify/start.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import type { Stored } from '#storage/collection.ts';
import { links, type Proposal, proposals, type UnificationRecord, unifications } from '#storage/collections.ts';
import { operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

export const crmHeading = 'Id,Username,Email,FirstName,LastName,Department,EmployeeNumber,IsActive';
export const erpHeading = 'User,Full Name,E-Mail,Department,Personnel No,User Type';
export const directoryHeading = 'email,name,givenName,familyName,department,employeeNumber,status';

/** A hub with a CRM and an ERP. */
export async function twoSystems(t: { after(end: () => Promise<void>): void }): Promise<Services> {
  const services = await testServices(t);
  for (const side of ['crm', 'erp'] as const)
    await createSystem(
      services,
      operator,
      withDefaults({
        id: side,
        title: side.toUpperCase(),
        side,
        provider: 'generic',
        redirectUris: [`https://${side}.example/callback`],
        clientSecret: 'a secret of the test, long enough',
      } as unknown as SystemInput),
    );
  return services;
}

/** Starts and matches a unification of these rows. */
export async function matched(
  services: Services,
  crm: readonly string[],
  erp: readonly string[],
  directory: readonly string[] = [],
): Promise<Stored<UnificationRecord>> {
  const file = (heading: string, rows: readonly string[]) => ({
    name: 'rows.csv',
    bytes: Buffer.from([heading, ...rows].join('\n')),
  });
  const record = await startUnification(services, operator, {
    files: {
      crm: file(crmHeading, crm),
      erp: file(erpHeading, erp),
      ...(directory.length === 0 ? {} : { directory: file(directoryHeading, directory) }),
    },
  });
  return matchFiles(services, record);
}

/** Has the files matched and waits for it. */
export async function matchFiles(
  services: Services,
  record: Stored<UnificationRecord>,
  reading?: Reading,
): Promise<Stored<UnificationRecord>> {
  await requestMatch(services, operator, record, reading);
  await jobDone(services, record.id);
  const now = await services.store.get(unifications, record.id);
  assert.ok(now !== undefined);
  return now;
}

export async function proposalsOf(
  { store }: Services,
  unification: string,
  kind: Proposal['kind'],
): Promise<readonly Stored<Proposal>[]> {
  return (await store.find(proposals, { where: { unification, kind }, limit: 1000 })).items;
}

/** Has proposals accepted and waits for it. */
export async function accepted(
  services: Services,
  id: string,
  kind?: Bulk['kind'],
): Promise<{ accepted: number; blocked: number }> {
  await requestAccepting(services, operator, id, { reason: 'test', kind });
  const { done, blocked } = await jobDone(services, id);
  return { accepted: done, blocked };
}

/** System -> login and sub of a person's links. */
export async function linksOf(
  { store }: Services,
  person: string,
): Promise<Record<string, { login: string | undefined; sub: string; id: string }>> {
  const { items } = await store.find(links, { where: { person }, limit: 100 });
  return Object.fromEntries(items.map(({ system, login, sub, id }) => [system, { login, sub, id }]));
}
