/** `scim …` as an administrator types it beside a running hub: a token, what was called, and the token's end. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { place } from '#test/support/hub-process.ts';
import { scimCaller, userOf } from '#test/support/scim.ts';

test('a token is made, opens the server, shows in the calls, and ends', async (t) => {
  const at = await place();
  const running = await at.start();
  t.after(async () => {
    await running.stop();
    at.remove();
  });
  const json = async (...words: string[]) => {
    const { code, out } = await at.hub('scim', ...words, '--json');
    return { code, body: JSON.parse(out) };
  };
  const file = join(at.folder, 'hr.yaml');
  writeFileSync(
    file,
    'id: hr\ntitle: HR\nside: other\nclientSecret: not-for-lists-0123456789\nmachine: { scopes: ["hub:scim"] }\n',
  );
  assert.equal((await at.hub('systems', 'add', file)).code, 0);
  const clients = await json('clients');
  assert.deepEqual(clients.body.items, [{ id: 'hr', title: 'HR', enabled: true }]);

  const made = await json('token', 'hr', '--days', '30');
  assert.equal(made.code, 0);
  const call = scimCaller(clients.body.address.replace('/scim/v2', ''), made.body.token);
  assert.equal((await call('POST', '/Users', userOf('kit'))).status, 201);
  assert.equal((await call('POST', '/Users', userOf('kit'))).status, 409);
  const refused = await json('calls', 'hr', '--refused');
  assert.deepEqual(
    refused.body.items.map(({ method, path, status, detail }: Record<string, unknown>) => [
      method,
      path,
      status,
      detail,
    ]),
    [['POST', '/Users', 409, 'A user of this client has this userName already']],
  );
  const said = await at.hub('scim', 'calls', 'hr');
  assert.match(said.out, /201 POST \/Users/);

  assert.equal((await json('tokens', 'hr')).body.items.length, 1);
  assert.equal((await json('revoke', 'hr', made.body.id)).code, 0);
  assert.equal((await call('GET', '/Users')).status, 401);
  assert.equal((await json('token', 'nobody')).code, 1);
  assert.equal((await at.hub('scim', 'token', 'hr', '--days', 'many')).code, 2);
});
