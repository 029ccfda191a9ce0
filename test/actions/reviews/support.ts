import { effectiveAccess } from '#actions/access/effective.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { createPerson } from '#actions/people/create.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import { decideItem } from '#actions/reviews/decide.ts';
import { type NewReview, openReview } from '#actions/reviews/open.ts';
import { prepareReview } from '#actions/reviews/prepare.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { type ReviewItem, reviewItems, reviews } from '#storage/collections.ts';
import { operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

export const policy = `
version: 1
domains:
  customer: { title: Customers, sides: [crm], actions: [read, write] }
  credit: { title: Credit, sides: [erp], actions: [approve] }
roles:
  reader: { title: Reader, grants: { crm: ['customer:read'] } }
  seller: { title: Seller, includes: [reader], grants: { crm: ['customer:write'] } }
  creditor: { title: Creditor, grants: { erp: ['credit:approve'] } }
assign:
  - { role: reader, when: { department: Sales } }
separation:
  - id: apart
    title: Apart
    conflict: [ { system: crm, permission: 'customer:write' }, { system: erp, permission: 'credit:approve' } ]
    mode: warn
`;
export const day = 86_400_000;
export const held = (): boolean => true;
export const as = (id: string): Origin => ({ actor: { kind: 'person', id } });
export const idOf = ({ actor }: Origin): string => actor.id ?? '';

/** Anna and Ben of Sales under a boss, an administrator, and somebody to fall back on; on a clock that the test moves. */
export async function company(t: { after(end: () => Promise<void>): void }) {
  const clock = { at: Date.now(), now: () => clock.at };
  const services = await testServices(t, { clock });
  await applyPolicy(services, operator, policy, 'test');
  const somebody = async (name: string, more: object = {}, ...roles: string[]) => {
    const { id } = await createPerson(services, operator, { email: `${name}@x.example`, name, ...more });
    for (const role of roles) await assignRole(services, operator, id, { role, reason: `${name} needs it` });
    return as(id);
  };
  const boss = await somebody('boss');
  const anna = await somebody('anna', { manager: 'Boss@x.example', department: 'Sales' }, 'seller');
  const ben = await somebody('ben', { manager: 'boss@x.example' }, 'seller', 'creditor');
  const fallback = await somebody('fallback');
  const admin = await somebody('admin', {}, 'hub-people-admin');
  const given: NewReview = {
    title: 'Autumn',
    scope: { kind: 'everybody' },
    reviewers: { managers: true, owners: [], fallback: idOf(fallback) },
    due: clock.at + 14 * day,
    undecided: 'keep',
  };
  const begin = async (more: Partial<NewReview> = {}) => {
    const { id } = await openReview(services, admin, { ...given, ...more });
    const review = await services.store.get(reviews, id);
    if (review !== undefined) await prepareReview(services, review, held);
    return id;
  };
  const reviewOf = async (id: string) => (await services.store.get(reviews, id)) ?? fail(id);
  const itemsIn = async (review: string) =>
    (await services.store.find(reviewItems, { where: { id: { prefix: `${review}.` } } })).items;
  const itemOf = async (review: string, who: Origin, role: string) =>
    (await itemsIn(review)).find((one) => one.person === idOf(who) && one.role === role) ?? fail(role);
  const decide = (
    who: Origin,
    { id, version, digest }: Stored<ReviewItem>,
    decision: 'keep' | 'withdraw' | 'change',
    reason: string | undefined = decision === 'keep' ? undefined : 'not needed any more',
  ) => decideItem(services, who, id, { decision, digest, ifVersion: version, reason });
  const rolesOf = async (who: Origin) => (await effectiveAccess(services, idOf(who))).roles;
  return {
    ...{ services, clock, somebody, boss, anna, ben, fallback, admin, given },
    ...{ begin, reviewOf, itemsIn, itemOf, decide, rolesOf },
  };
}

function fail(what: string): never {
  throw new Error(`there is no ${what}`);
}
