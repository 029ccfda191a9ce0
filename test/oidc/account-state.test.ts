/**
 * Walks the table "What ends what was mailed, shown or begun" of test/README.md: each thing is made for a fresh account, the account is
 * changed, and the thing has to be dead, or alive, as the table says.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import { credentialsOf } from '#actions/factors/credentials.ts';
import { keepChallenge, spendChallenge } from '#actions/factors/passkeys/challenge.ts';
import { isRemembered, rememberBrowser } from '#actions/factors/remembered.ts';
import { resetFactors } from '#actions/factors/reset.ts';
import { offerTotp, totpEnrolment } from '#actions/factors/totp.ts';
import { changePerson, disablePerson, enablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { choosePassword } from '#actions/recovery/choose.ts';
import { openLink } from '#actions/recovery/link.ts';
import { sendLink } from '#actions/recovery/send.ts';
import { changeOwnPassword } from '#actions/signin/change-password.ts';
import { beginStep, pendingStep } from '#actions/signin/step.ts';
import { identitiesOf } from '#actions/sources/identities.ts';
import { linkIdentity } from '#actions/sources/meet.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { Browser } from '#test/support/browser.ts';
import { phoneWith, withFactors } from '#test/support/factors.ts';
import { operator, passphrase, type TestHub } from '#test/support/hub.ts';
import { mailedToken } from '#test/support/mailed-token.ts';
import { aHub, relyingParty } from './fixture.ts';

const scanner = { id: 'scanner', title: 'Handheld', side: 'erp', auth: 'none', deviceFlow: true, open: true } as const;
const ends: (() => Promise<void>)[] = [];
let hub: TestHub;
let count = 0;

before(async () => {
  hub = await aHub({ after: (end) => void ends.unshift(end) }, { systems: [scanner] });
});
after(async () => {
  for (const end of ends) await end();
});

const personOf = async (id: string): Promise<Stored<Person>> => {
  const person = await hub.services.store.get(people, id);
  assert.ok(person);
  return person;
};

/** Makes the thing; the answer is whether it still does what it is for. It is asked once. */
type Maker = (person: Stored<Person>) => Promise<() => Promise<boolean>>;

const things: Record<string, Maker> = {
  'link for a new password': async ({ id }) => {
    await sendLink(hub.services, operator, id);
    const token = await mailedToken(hub.services, id);
    return async () => {
      const looked = (await openLink(hub.services, token)) !== undefined;
      const used = await choosePassword(hub.services, operator, token, 'another quiet otter sings').then(
        () => true,
        (fault: unknown) => {
          assert.ok(fault instanceof HubError && fault.code === 'not-found', String(fault));
          return false;
        },
      );
      assert.equal(looked, used, 'what the page says is what the form does');
      return used;
    };
  },
  'sign-in that waits for its second step': async (person) => {
    const { password } = await credentialsOf(hub.services, person.id);
    assert.ok(password);
    await beginStep(hub.services, `walk-${person.id}`, person, password);
    return async () => (await pendingStep(hub.services, `walk-${person.id}`)) !== undefined;
  },
  'secret of an authenticator app that was shown': async (person) => {
    const { secret, sealed } = offerTotp(hub.services, person);
    const phone = phoneWith(secret, () => hub.services.clock.now());
    return async () => {
      const given = { sealed, code: phone.code(), label: 'Phone' };
      return totpEnrolment(hub.services, operator, await personOf(person.id), given).then(
        () => true,
        () => false,
      );
    };
  },
  'passkey that is being enrolled': async (person) => {
    await keepChallenge(hub.services, `enrol:walk-${person.id}`, 'challenge', person);
    return async () =>
      (await spendChallenge(hub.services, `enrol:walk-${person.id}`, await personOf(person.id))) !== undefined;
  },
  'device that was allowed and has not asked yet': async (person) => {
    const config = await relyingParty(hub, 'scanner', client.None());
    const asked = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
    const browser = new Browser();
    const page = await browser.follow(`${hub.issuer}/approve?code=${asked.user_code}`);
    const posted = await browser.post(page.url, { identifier: person.email ?? '', password: passphrase });
    await browser.follow(new URL(posted.location ?? '', page.url).href);
    return async () => {
      const grant = 'urn:ietf:params:oauth:grant-type:device_code';
      const body = new URLSearchParams({ grant_type: grant, device_code: asked.device_code, client_id: 'scanner' });
      return (await fetch(`${hub.issuer}/token`, { method: 'POST', body })).status === 200;
    };
  },
  'remembered browser': async (person) => {
    const { cookie, changes } = await rememberBrowser(hub.services, operator, undefined, person.id);
    await hub.services.store.write({ changes });
    return () => isRemembered(hub.services, cookie, person.id);
  },
};

const changes: Record<string, (person: Stored<Person>) => Promise<unknown>> = {
  nothing: async () => {},
  'address changed': ({ id }) => changePerson(hub.services, operator, id, { email: `moved-${count}@example.com` }),
  'address removed': ({ id }) => changePerson(hub.services, operator, id, { email: null, username: `walker-${count}` }),
  'address moved to somebody else': async ({ id, email = '' }) => {
    await changePerson(hub.services, operator, id, { email: null, username: `walker-${count}` });
    await createPerson(hub.services, operator, { email, name: 'Another' });
  },
  'address there and back': async ({ id, email = '' }) => {
    await changePerson(hub.services, operator, id, { email: `moved-${count}@example.com` });
    await changePerson(hub.services, operator, id, { email });
  },
  'disabled and enabled again': async ({ id }) => {
    await disablePerson(hub.services, operator, id);
    await enablePerson(hub.services, operator, id);
  },
  'password changed': ({ id }) =>
    changeOwnPassword(hub.services, { actor: { kind: 'person', id } }, id, {
      current: passphrase,
      next: 'a fresh heron reads maps',
    }),
  'second factors reset': async (person) => {
    await withFactors(hub.services, await personOf(person.id));
    await resetFactors(hub.services, operator, person.id, { which: 'all', reason: 'lost' });
  },
  'newer link mailed': ({ id }) => sendLink(hub.services, operator, id),
};

/** The table of test/README.md: thing -> change -> is it over? */
function tableOf(text: string): { thing: string; ended: Map<string, boolean> }[] {
  const [, section = ''] = text.split('## What ends what was mailed, shown or begun');
  const rows = section
    .split('\n## ')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [head = [], ...body] = rows ?? [];
  return body.map(([thing = '', ...cells]) => ({
    thing,
    ended: new Map(cells.map((cell, at) => [head[at + 1] ?? '', cell === 'ends'])),
  }));
}

const table = tableOf(readFileSync(join(import.meta.dirname, '../README.md'), 'utf8'));

test('the table names every thing and every change that the walk knows', () => {
  assert.deepEqual(table.map(({ thing }) => thing).sort(), Object.keys(things).sort());
  for (const { thing, ended } of table) assert.deepEqual([...ended.keys()].sort(), Object.keys(changes).sort(), thing);
});

for (const { thing, ended } of table)
  test(`${thing}: what ends it, and what does not`, async () => {
    for (const [change, over] of ended) {
      count += 1;
      const email = `walker-${count}@walk.example`;
      const { id } = await createPerson(hub.services, operator, { email, name: 'Walker', password: passphrase });
      const works = await things[thing]?.(await personOf(id));
      // Something that is kept by the millisecond has to differ.
      await new Promise((resolve) => setTimeout(resolve, 2));
      await changes[change]?.(await personOf(id));
      assert.equal(await works?.(), !over, `${thing}, ${change}`);
    }
  });

test('the address moves in the moment in which a link is used: of the two one happens', async () => {
  for (let round = 0; round < 10; round += 1) {
    count += 1;
    const email = `walker-${count}@walk.example`;
    const { id } = await createPerson(hub.services, operator, { email, name: 'Walker', password: passphrase });
    await sendLink(hub.services, operator, id);
    const token = await mailedToken(hub.services, id);
    const changedBefore = (await credentialsOf(hub.services, id)).password?.changedAt;
    const used = choosePassword(hub.services, operator, token, 'another quiet otter sings').then(
      () => true,
      () => false,
    );
    // While the new password is hashed.
    await changePerson(hub.services, operator, id, { email: `moved-${count}@example.com` });
    assert.equal(await used, false, 'the address was another one before the password was');
    assert.equal((await credentialsOf(hub.services, id)).password?.changedAt, changedBefore);
  }
});

test('what a request began before a recovery by mail is not committed after it', async () => {
  count += 1;
  const email = `walker-${count}@walk.example`;
  const { id } = await createPerson(hub.services, operator, { email, name: 'Walker', password: passphrase });
  // As the requests of somebody who is signed in saw the account.
  const seen = await personOf(id);
  const { secret, sealed } = offerTotp(hub.services, seen);
  const phone = phoneWith(secret, () => hub.services.clock.now());
  await sendLink(hub.services, operator, id);
  await choosePassword(hub.services, operator, await mailedToken(hub.services, id), 'another quiet otter sings');
  const given = { sealed, code: phone.code(), label: 'Phone' };
  await assert.rejects(
    async () => hub.services.store.write(await totpEnrolment(hub.services, operator, seen, given)),
    CommitConflict,
  );
  const proved = {
    source: 'elsewhere',
    issuer: 'https://idp.example',
    subject: id,
    values: {},
    incomplete: [],
    emailVerified: false,
  };
  await assert.rejects(linkIdentity(hub.services, operator, seen, proved), CommitConflict);
  assert.equal((await identitiesOf(hub.services, id)).length, 0);
  assert.equal((await credentialsOf(hub.services, id)).totp, undefined);
});
