import { Readable } from 'node:stream';
import { z } from 'zod';
import { closeReview } from '#actions/reviews/close.ts';
import { decideItem } from '#actions/reviews/decide.ts';
import { countsOf } from '#actions/reviews/list.ts';
import { checkReview, openReview } from '#actions/reviews/open.ts';
import { previewReview } from '#actions/reviews/preview.ts';
import { reviewReport } from '#actions/reviews/report.ts';
import { itemsPage, rowsOf } from '#actions/reviews/rows.ts';
import { undoDecision } from '#actions/reviews/undo.ts';
import type { Services } from '#actions/services.ts';
import { isHubRole } from '#domain/hub-roles.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import type { Stored } from '#storage/collection.ts';
import { type Review, type ReviewItem, reviewItemStates, reviewItems, reviews } from '#storage/collections.ts';
import { requireFresh } from '../guard/authorize.ts';
import { named } from '../openapi/names.ts';
import { type Look, type Route, route } from '../route.ts';
import { cursor, limit } from './list.ts';
import {
  itemPage,
  itemShape,
  newReview,
  previewShape,
  reviewPage,
  reviewShape,
  reviewStates,
  shownItem,
  shownReview,
} from './reviews-shapes.ts';
import { found } from './shared.ts';

async function find({ services, params }: Look): Promise<Stored<Review>> {
  return found(await services.store.get(reviews, params.review ?? ''));
}

/** Found through its review: another review's item is not there. */
async function findItem(look: Look): Promise<Stored<ReviewItem>> {
  const review = await find(look);
  const item = found(await look.services.store.get(reviewItems, look.params.item ?? ''));
  return found(item.review === review.id ? item : undefined);
}

const list = route({
  method: 'GET',
  path: '/reviews',
  summary: 'List access reviews, the newest first',
  permission: 'hub:people-read',
  query: z.strictObject({ state: reviewStates.optional(), limit, cursor }),
  answers: { 200: { description: 'A page of reviews', schema: reviewPage } },
  async handle({ services, query: { state, limit: most = 50, cursor: from } }) {
    const page = await services.store.find(reviews, {
      ...{ sort: '-id', limit: most },
      ...(state === undefined ? {} : { where: { state } }),
      ...(from === undefined ? {} : { cursor: from }),
    });
    const items = await Promise.all(page.items.map((one) => shown(services, one)));
    return { status: 200, body: { items, next: page.next } };
  },
});

const open = route({
  method: 'POST',
  path: '/reviews',
  summary: 'Begin an access review',
  description: 'Its items are made behind it: `state` is `opening` until they are there.',
  permission: 'hub:roles-assign',
  body: { type: 'application/json', schema: newReview },
  answers: { 201: { description: 'The review', schema: reviewShape, etag: true } },
  async handle({ services, origin, body }) {
    const made = await openReview(services, origin, { ...body, due: parseInstant(body.due) ?? 0 });
    const headers = { location: `${services.settings.issuer}/api/v1/reviews/${made.id}` };
    return { status: 201, version: made.version, headers, body: await shown(services, made) };
  },
});

const preview = route({
  method: 'POST',
  path: '/reviews/preview',
  summary: 'Tell what a review would ask, and whom',
  permission: 'hub:roles-assign',
  body: { type: 'application/json', schema: newReview },
  answers: { 200: { description: 'Nothing is written', schema: previewShape } },
  async handle({ services, body }) {
    const given = { ...body, due: parseInstant(body.due) ?? 0 };
    await checkReview(services, given);
    return { status: 200, body: await previewReview(services, given) };
  },
});

const get = route({
  method: 'GET',
  path: '/reviews/{review}',
  summary: 'Show one review and how far it is',
  permission: 'hub:people-read',
  find,
  answers: { 200: { description: 'The review', schema: reviewShape, etag: true } },
  handle: async ({ services, item }) => ({ status: 200, version: item.version, body: await shown(services, item) }),
});

async function shown(services: Services, review: Stored<Review>) {
  return shownReview(review, review.counts ?? (await countsOf(services, review.id)));
}

const items = route({
  method: 'GET',
  path: '/reviews/{review}/items',
  summary: 'List what a review asks, with what it stands for now',
  permission: 'hub:people-read',
  find,
  query: z.strictObject({
    state: z.enum(reviewItemStates).optional(),
    reviewer: z.string().max(200).describe('Id of who is asked').optional(),
    person: z.string().max(200).describe('Id of whose access it is').optional(),
    limit,
    cursor,
  }),
  answers: { 200: { description: 'A page of items', schema: itemPage } },
  async handle({ services, item, query: { limit: most = 50, ...query } }) {
    const page = await itemsPage(services, item.id, { ...query, limit: most });
    return { status: 200, body: { items: (await rowsOf(services, page.items)).map(shownItem), next: page.next } };
  },
});

const getItem = route({
  method: 'GET',
  path: '/reviews/{review}/items/{item}',
  summary: 'Show one item',
  permission: 'hub:people-read',
  find: findItem,
  answers: { 200: { description: 'The item', schema: itemShape, etag: true } },
  handle: async ({ services, item }) => itemAnswer(services, item),
});

async function itemAnswer(services: Services, item: Stored<ReviewItem>) {
  const [row] = await rowsOf(services, [item]);
  return { status: 200, version: item.version, body: shownItem(found(row)) };
}

const decide = route({
  method: 'POST',
  path: '/reviews/{review}/items/{item}/decide',
  summary: 'Decide one item',
  description:
    'Never about oneself. `withdraw` takes the assignment in the same commit; what rules give takes `change`, a finding for the ' +
    'author of the policy. What changed since it was seen is 412: the digest names what was seen.',
  permission: 'hub:roles-assign',
  find: findItem,
  versioned: true,
  body: {
    type: 'application/json',
    schema: named(
      'ReviewDecision',
      z.strictObject({
        decision: z.enum(['keep', 'withdraw', 'change']),
        digest: z.string().max(200),
        reason: z.string().max(500).describe('Why; only `keep` may do without').optional(),
      }),
    ),
  },
  answers: { 200: { description: 'The item', schema: itemShape, etag: true } },
  async handle({ services, origin, item, ifVersion = item.version, body }) {
    return itemAnswer(services, await decideItem(services, origin, item.id, { ...body, ifVersion }));
  },
});

const undo = route({
  method: 'POST',
  path: '/reviews/{review}/items/{item}/undo',
  summary: 'Take a decision back while the review is open',
  description: 'What was withdrawn is given back as it was.',
  permission: 'hub:roles-assign',
  find: findItem,
  versioned: true,
  answers: { 200: { description: 'The item', schema: itemShape, etag: true } },
  async handle({ services, caller, origin, item, ifVersion = item.version }) {
    // What comes back may be a part of the hub itself.
    if (isHubRole(item.role)) await requireFresh(services, caller);
    return itemAnswer(services, await undoDecision(services, origin, item.id, ifVersion));
  },
});

const close = route({
  method: 'POST',
  path: '/reviews/{review}/close',
  summary: 'End a review before its day',
  permission: 'hub:roles-assign',
  find,
  body: {
    type: 'application/json',
    schema: named(
      'ReviewClosing',
      z.strictObject({
        undecided: z.enum(['keep', 'withdraw']).describe('What nobody decided; keep by default').optional(),
        reason: z.string().max(500).describe('Why, for the record'),
      }),
    ),
  },
  answers: { 200: { description: 'The review, `closing` until that is done', schema: reviewShape, etag: true } },
  async handle({ services, origin, item, body }) {
    const closed = await closeReview(services, origin, item.id, body);
    return { status: 200, version: closed.version, body: await shown(services, closed) };
  },
});

const report = route({
  method: 'GET',
  path: '/reviews/{review}/report',
  summary: 'The result of a review as CSV',
  permission: 'hub:people-read',
  find,
  answers: { 200: { description: 'A line for each item', stream: ['text/csv'] } },
  handle: async ({ services, item }) => ({
    status: 200,
    stream: {
      ...{ type: 'text/csv; charset=utf-8', filename: `review-${item.id}.csv` },
      content: Readable.from(reviewReport(services, item)),
    },
  }),
});

export const reviewRoutes: readonly Route[] = [list, open, preview, get, items, getItem, decide, undo, close, report];
