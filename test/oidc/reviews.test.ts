/** What a reviewer withdraws is in no token that is issued after it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { assignRole } from '#actions/assignments/assign.ts';
import { decideItem } from '#actions/reviews/decide.ts';
import { openReview } from '#actions/reviews/open.ts';
import { prepareReview } from '#actions/reviews/prepare.ts';
import { undoDecision } from '#actions/reviews/undo.ts';
import { reviewItems, reviews } from '#storage/collections.ts';
import { operator } from '#test/support/hub.ts';
import { aHub, asCrm, enter, redeem } from './fixture.ts';

test('a withdrawal is gone at the next token, and what is taken back is there again', async (t) => {
  const hub = await aHub(t);
  const { services } = hub;
  const otto = hub.person('otto@example.com').id;
  const nora = hub.person('nora@example.com').id;
  const { id: assignment } = await assignRole(services, operator, otto, { role: 'sales', reason: 'the fair' });
  const { id } = await openReview(services, operator, {
    ...{ title: 'Sales', scope: { kind: 'role', role: 'sales' }, due: Date.now() + 86_400_000, undecided: 'keep' },
    reviewers: { managers: false, owners: [], fallback: nora },
  });
  const opening = (await services.store.get(reviews, id)) ?? assert.fail();
  await prepareReview(services, opening, () => true);

  const crm = await asCrm(hub);
  const tokens = await redeem(crm, await enter(crm, { email: 'otto@example.com' }));
  const rights = async () => {
    const { id_token } = await client.refreshTokenGrant(crm, tokens.refresh_token ?? '');
    return [decodeJwt(id_token ?? '').permissions, decodeJwt(id_token ?? '').roles];
  };
  assert.deepEqual(await rights(), [
    ['customer:read', 'customer:write'],
    ['clerk', 'sales'],
  ]);

  const { items } = await services.store.find(reviewItems, { where: { person: otto } });
  const [item = assert.fail()] = items;
  assert.equal(item.assignment, assignment);
  const reviewer = { actor: { kind: 'person', id: nora } } as const;
  const { digest, version: ifVersion } = item;
  const seen = { decision: 'withdraw', digest, ifVersion, reason: 'the fair is over' } as const;
  const done = await decideItem(services, reviewer, item.id, seen);
  assert.deepEqual(await rights(), [['customer:read'], ['clerk']]);
  await undoDecision(services, reviewer, done.id, done.version);
  assert.deepEqual(await rights(), [
    ['customer:read', 'customer:write'],
    ['clerk', 'sales'],
  ]);
});
