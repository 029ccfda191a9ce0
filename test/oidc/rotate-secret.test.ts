/** Both secrets of a rotation are good during the overlap, in every process, and the old one ends by the clock alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeSystem } from '#actions/systems/change.ts';
import { connectSystem } from '#actions/systems/connect.ts';
import { rotateSecret } from '#actions/systems/rotate-secret.ts';
import type { Origin } from '#domain/audit/event.ts';
import { bootHub } from '#test/support/booted.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const hourMs = 3_600_000;

test('old and new secret, and then the new one alone', async (t) => {
  let ahead = 0;
  const hub = await bootHub(t, { clock: { now: () => Date.now() + ahead } });
  const request = {
    provider: 'generic',
    title: 'Desk',
    url: 'https://desk.example',
    machine: { scopes: ['hub:read'] },
  };
  const { system, secret: first = '' } = await connectSystem(hub.services, operator, request);
  const accepted = async (secret: string): Promise<number> => {
    const authorization = `Basic ${Buffer.from(`${system.clientId}:${secret}`).toString('base64')}`;
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    return (await fetch(`${hub.issuer}/token`, { method: 'POST', headers: { authorization }, body })).status;
  };
  assert.deepEqual([await accepted(first), await accepted('guessed')], [200, 401]);
  const { secret: second } = await rotateSecret(hub.services, operator, system.id, { overlapMs: hourMs });
  assert.deepEqual([await accepted(first), await accepted(second), await accepted('guessed')], [200, 200, 401]);
  // A change of something else leaves the overlap as it is.
  await changeSystem(hub.services, operator, system.id, { title: 'Front desk' });
  assert.deepEqual([await accepted(first), await accepted(second)], [200, 200]);
  ahead = hourMs - 60_000;
  assert.equal(await accepted(first), 200);
  ahead = hourMs + 1_000;
  assert.deepEqual([await accepted(first), await accepted(second)], [401, 200]);
  // Once more, without an overlap: the one before ends at once.
  const { secret: third } = await rotateSecret(hub.services, operator, system.id, { overlapMs: 0 });
  assert.deepEqual([await accepted(second), await accepted(third)], [401, 200]);
  // A secret that is set by hand replaces all.
  await rotateSecret(hub.services, operator, system.id, { overlapMs: hourMs });
  await changeSystem(hub.services, operator, system.id, { clientSecret: 'set-by-hand' });
  assert.deepEqual([await accepted(third), await accepted('set-by-hand')], [401, 200]);
});
