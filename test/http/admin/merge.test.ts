/** What the console says around a merge, and how it refuses more than it takes in. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { mergePeople } from '#actions/people/merge/merge.ts';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';
import { operator } from '../support.ts';

let hub: BootedHub;
let owner: Visitor;
before(async (t) => {
  hub = await bootHub(t as never);
  await hub.person('owner', 'hub-owner');
  owner = await visit(hub.issuer).signIn('owner@example.com');
});

test('before a merge: what the other signs in with, and that none of it comes along', async () => {
  const stays = await hub.person('stays');
  const bare = await createPerson(hub.services, operator, { email: 'bare@example.com', name: 'Bare' });
  const goes = await hub.person('goes');
  const page = (other: string) => owner.page('GET', `/admin/people/${stays.id}/merge?with=${other}`);
  assert.match((await page(goes.id)).text, /goes has: a password[\s\S]*Why \(for the record\)/);
  assert.match((await page(goes.id)).text, /only what stays signs in with opens anything/);
  assert.match((await page(bare.id)).text, /Bare has nothing to sign in with/);
});

test('before undoing: the fields that changed since and would stay, in words', async () => {
  const { services } = hub;
  const one = await createPerson(services, operator, { email: 'one@example.com', name: 'One', department: 'Sales' });
  const two = await createPerson(services, operator, {
    ...{ email: 'two@example.com', name: 'Two', jobTitle: 'Clerk' },
    attributes: { shift: 'night' },
  });
  await mergePeople(services, operator, one.id, { other: two.id, reason: 'the same' });
  const text = async () => (await owner.page('GET', `/admin/people/${one.id}`)).text;
  assert.doesNotMatch(await text(), /Undoing would leave/);
  await changePerson(services, operator, one.id, { jobTitle: 'Head', attributes: { shift: 'day' } });
  const [, told] = /Undoing would leave[^:]*: ([^<]*)\./.exec(await text()) ?? [];
  assert.match(told ?? '', /shift/);
  assert.match(told ?? '', /Job title/i);
});

test('a form without a length that grows beyond the limit is answered 413 with what to do, not cut off', async () => {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  const send = (path: string, megabytes: number) => {
    let left = megabytes;
    const body = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(megabyte);
        else controller.close();
      },
    });
    const headers = { 'content-type': 'multipart/form-data; boundary=x', origin: hub.issuer };
    return owner.browser.send(hub.issuer + path, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
  };
  for (const [path, megabytes] of [
    ['/admin/policy/draft/document', 4],
    ['/admin/people/import', 82],
  ] as const) {
    const { status, text } = await send(path, megabytes);
    assert.equal(status, 413, path);
    assert.match(text, /too much at once/, path);
  }
});
