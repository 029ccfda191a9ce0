import { draft, type Origin } from '#domain/audit/event.ts';
import { type FieldFault, HubError } from '#domain/errors.ts';
import { isHubRole } from '#domain/hub-roles.ts';
import { isActive } from '#domain/people/active.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type Review, reviews, systems } from '#storage/collections.ts';
import { actorOf } from '../named.ts';
import { namedActor } from '../people/about.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { requireMayRun } from './reviewers.ts';

/** What somebody says of a review that is to begin. */
export type NewReview = Pick<Review, 'title' | 'scope' | 'reviewers' | 'due' | 'undecided'>;

/** A review is open for two years at most: what it asks about would be forgotten. */
const longest = 2 * 366 * 24 * 60 * 60 * 1000;
const mostOwners = 500;

/**
 * Begins a review. Its items are made behind it, by the one process of all that does such work (`prepare.ts`); then it is open, the
 * reviewers get their mails, and `review.opened` is on record.
 * @throws HubError `forbidden`, `invalid` with every field that is not right
 */
export async function openReview(services: Services, origin: Origin, given: NewReview): Promise<Stored<Review>> {
  await requireMayRun(services, origin);
  await checkReview(services, given);
  const now = services.clock.now();
  const id = uuidv7(now);
  const { title, ...rest } = given;
  const data: Review = { title: title.trim(), ...rest, state: 'opening', run: 0, by: actorOf(origin), at: now };
  const { scope, undecided } = data;
  const { named, ...asked } = data.reviewers;
  const reviewers = { ...asked, ...(named === undefined ? {} : { named }) };
  const event = draft(origin, 'review.opened', 'success', {
    detail: { review: id, scope, reviewers, undecided, due: new Date(data.due).toISOString() },
    personal: { ...(await namedActor(services, origin)), detail: { title: data.title } },
  });
  await services.store.write({ changes: [{ kind: 'insert', collection: reviews, id, data }], events: [event] });
  return { ...data, id, version: 1 };
}

/** @throws HubError `invalid` */
export async function checkReview(services: Services, given: NewReview): Promise<void> {
  const { title, due, reviewers } = given;
  const now = services.clock.now();
  const faults: FieldFault[] = [];
  // It becomes the subject of a mail.
  if (title.trim() === '' || title.length > 200 || /\p{Cc}/u.test(title))
    faults.push({ path: 'title', message: 'give it a name of 1 to 200 characters in one line' });
  if (!(due > now && due <= now + longest)) faults.push({ path: 'due', message: 'has to lie ahead, within two years' });
  if (reviewers.owners.length > mostOwners) faults.push({ path: 'reviewers.owners', message: `at most ${mostOwners}` });
  faults.push(...(await scopeFaults(services, given)), ...(await reviewerFaults(services, given)));
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
}

async function scopeFaults(services: Services, { scope }: NewReview): Promise<FieldFault[]> {
  const { document } = (await policyInForce(services)).compiled;
  const faults: FieldFault[] = [];
  const known = (role: string) => isHubRole(role) || document.roles.has(role);
  if (scope.kind === 'department' && scope.department.trim() === '')
    faults.push({ path: 'scope.department', message: 'name the department' });
  if (scope.kind === 'role' && !known(scope.role))
    faults.push({ path: 'scope.role', message: 'is no role of the policy or of the hub' });
  if (scope.kind === 'system' || scope.kind === 'permission') {
    const there = scope.system === 'hub' || (await services.store.get(systems, scope.system)) !== undefined;
    if (!there) faults.push({ path: 'scope.system', message: 'is no system' });
  }
  if (scope.kind === 'permission') {
    const [domain = '', action = ''] = scope.permission.split(':', 2);
    const declared = domain === 'hub' || document.domains.get(domain)?.actions.includes(action) === true;
    if (!declared) faults.push({ path: 'scope.permission', message: 'is no permission that the policy declares' });
  }
  return faults;
}

async function reviewerFaults({ store, clock }: Services, { reviewers }: NewReview): Promise<FieldFault[]> {
  const { named, fallback, owners } = reviewers;
  const faults: FieldFault[] = [];
  const check = async (path: string, id: string) => {
    if (!isActive(await store.get(people, id), clock.now()))
      faults.push({ path, message: 'is nobody with an active account' });
  };
  await check('reviewers.fallback', fallback);
  if (named !== undefined) await check('reviewers.named', named);
  for (const [at, { person }] of owners.entries()) await check(`reviewers.owners[${at}].person`, person);
  return faults;
}
