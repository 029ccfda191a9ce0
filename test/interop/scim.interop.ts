/** The SCIM server before clients that we did not write: scim2-tester and scim2-cli (PyPI). */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { evidence } from '#test/support/evidence.ts';
import { pythonWith } from '#test/support/python.ts';
import { scimHub } from '#test/support/scim.ts';

const run = promisify(execFile);
const packages = ['scim2-tester==0.5.2', 'scim2-cli==0.6.0'];

test('scim2-tester finds no error', async (t) => {
  const bin = await pythonWith(t, 'scim2', packages);
  if (bin === undefined) return;
  const { hub, token } = await scimHub(t);
  const scim = async (...words: string[]) => {
    const env = { ...process.env, SCIM_CLI_HEADERS: `Authorization: Bearer ${token}` };
    const running = run(join(bin, 'scim'), ['--url', `${hub.issuer}/scim/v2`, ...words], {
      env,
      maxBuffer: 1e8,
    });
    // It reads a payload from standard input as long as that is open.
    running.child.stdin?.end();
    return (await running).stdout;
  };
  const said = await scim('test', '--verbose');
  const count = (word: string) => said.match(new RegExp(`^${word}\\b`, 'gm'))?.length ?? 0;
  assert.equal(count('ERROR') + count('CRITICAL'), 0, said.slice(0, 5000));
  assert.ok(count('SUCCESS') >= 100, said.slice(-2000));
  evidence({
    product: 'SCIM server',
    part: 'scim2-tester 0.5.2',
    act: 'all checks',
    result: `${count('SUCCESS')} passed, no error`,
  });

  const made = JSON.parse(await scim('create', 'user', '--user-name', 'by-cli'));
  const found = JSON.parse(await scim('query', 'user', made.id));
  assert.equal(found.userName, 'by-cli');
  await scim('delete', 'user', made.id);
  await assert.rejects(scim('query', 'user', made.id));
  evidence({ product: 'SCIM server', part: 'scim2-cli 0.6.0', act: 'create, query, delete', result: 'as asked' });
});
