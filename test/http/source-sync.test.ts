/** A directory's sync and its test where people meet them: console, API and command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { findByLogin } from '#actions/people/find.ts';
import { printer } from '#src/cli/output.ts';
import { sourcesCommands } from '#src/cli/sources.ts';
import { people } from '#storage/collections.ts';
import { bootHub } from '#test/support/booted.ts';
import { person, personDn, servicePassword } from '#test/support/slapd/people.ts';
import { addSource } from '#test/support/slapd/source.ts';
import { startSlapd } from '#test/support/slapd/start.ts';
import { visit } from '#test/support/visitor.ts';
import { signedInBrowser, tokenIn } from './support.ts';

test('previewed and done from the console, the API and the command line', async (t) => {
  const slapd = await startSlapd(t, [
    person('anna', { displayName: 'Anna <b>Nowak</b>' }),
    person('bob'),
    person('carl'),
    person('boss'),
  ]);
  if (slapd === undefined) return;
  const hub = await bootHub(t);
  const { services } = hub;
  await addSource(services, slapd, { title: 'Company <i>directory</i>' });
  await hub.person('boss', 'hub-owner');
  const browser = await signedInBrowser(hub.issuer, 'boss@example.com');
  const token = await hub.token('hub:admin');
  const at = `${hub.issuer}/admin/sources/ad/sync`;
  const digestIn = (text: string) => /name="digest" value="([^"]+)"/.exec(text)?.[1] ?? assert.fail('no digest');

  const run = async (...words: string[]) => {
    let [out, code] = ['', 0];
    const io = {
      ...printer({ out: (text) => (out += text), err: () => {} }),
      refused: () => {
        code = 1;
      },
      openHub: async () => ({ services, close: async () => {} }),
      knownSystems: async () => [],
      knownPeople: async () => [],
      now: () => services.clock.now(),
    };
    const program = new Command().exitOverride();
    sourcesCommands(program, io);
    for (const leaf of program.commands.flatMap((group) => group.commands)) leaf.option('--json');
    await program.parseAsync(['sources', ...words], { from: 'user' });
    return { out, code };
  };

  await t.test('the connection is tested, and what is wrong with it said in words', async () => {
    assert.match((await run('test', 'ad')).out, /4 people below/);
    await addSource(services, slapd, { id: 'wrong', caFile: undefined });
    const wrong = await run('test', 'wrong', '--json');
    assert.equal(wrong.code, 1);
    assert.match(wrong.out, /put the CA’s certificate into caFile/);
    const page = await browser.get(`${hub.issuer}/admin/sources/wrong`);
    const tried = await browser.post(`${hub.issuer}/admin/sources/wrong/test`, { csrf: tokenIn(page) });
    assert.match(tried.text, /put the CA’s certificate into caFile/);
  });

  await t.test('a kept password goes nowhere else', async () => {
    const owner = await visit(hub.issuer).signIn('boss@example.com');
    const url = '/api/v1/sources/ad';
    const patch = async (body: object) =>
      owner.call('PATCH', url, body, { 'if-match': (await owner.call('GET', url)).headers.get('etag') ?? '' });
    const moved = await patch({ url: 'ldaps://evil.example' });
    assert.equal(moved.status, 422);
    assert.match(moved.text, /would go to another place/);
    const change = `${hub.issuer}/admin/sources/ad/change`;
    const form = await browser.get(change);
    const version = /name="version" value="(\d+)"/.exec(form.text)?.[1] ?? '';
    const typed = { csrf: tokenIn(form), version, title: 'x', url: 'ldaps://evil.example', base: 'dc=x' };
    const refused = await browser.post(change, { ...typed, bindDn: 'cn=hub', filter: '(uid={login})' });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /would go to another place/);
    assert.equal((await patch({ url: 'ldaps://evil.example', bindPassword: 'typed' })).status, 200);
    assert.equal((await patch({ url: slapd.tlsUrl, bindPassword: servicePassword })).status, 200);
  });

  await t.test('the page shows it and does exactly that', async () => {
    const page = await browser.get(at);
    assert.equal(page.status, 200, page.text);
    assert.match(page.text, /Anna &lt;b&gt;Nowak/, 'names are text');
    assert.match(page.text, /whoever owns both links them/);
    const stale = await browser.post(at, { csrf: tokenIn(page), digest: 'x'.repeat(22) });
    assert.equal(stale.status, 303);
    assert.match((await browser.get(at)).text, /preview it again/);
    assert.equal((await browser.post(at, { digest: digestIn(page.text) })).status, 403, 'not from elsewhere');
    assert.equal(await services.store.count(people, {}), 1);
    await browser.post(at, { csrf: tokenIn(page), digest: digestIn(page.text) });
    assert.match((await browser.get(at)).text, /Done: 3 new, 0 changed/);
    assert.equal(await services.store.count(people, {}), 4);
  });

  await t.test('over the API', async () => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const call = async (path: string, body?: object) => {
      const init = { method: 'POST', headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const answer = await fetch(`${hub.issuer}/api/v1/sources/ad/sync${path}`, init);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    await slapd.remove(personDn('bob'));
    const preview = await call('/preview');
    assert.deepEqual([preview.status, (preview.body.gone as object[]).length, preview.body.many], [200, 1, true]);
    const refused = await call('', { disableGone: true, previewed: preview.body.digest });
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
    assert.equal((await call('', { disableGone: 'yes' })).status, 422);
    const done = await call('', { disableGone: true, confirmGone: true, previewed: preview.body.digest });
    assert.deepEqual([done.status, done.body.disabled], [200, 1]);
    assert.equal((await findByLogin(services, 'bob'))?.status, 'disabled');
  });

  await t.test('and on the command line', async () => {
    await slapd.set(personDn('carl'), 'departmentNumber', ['Sales']);
    const preview = await run('sync', 'ad', '--preview');
    assert.match(preview.out, /changed {2}carl@example.com: department/);
    const digest = /--previewed (\S+)/.exec(preview.out)?.[1] ?? '';
    const done = await run('sync', 'ad', '--previewed', digest, '--json');
    assert.equal(JSON.parse(done.out).changed, 1);
    await slapd.remove(personDn('carl'));
    await assert.rejects(run('sync', 'ad', '--disable-gone'), /is it the whole directory/);
    assert.equal(JSON.parse((await run('sync', 'ad', '--disable-gone', '--share', '60', '--json')).out).disabled, 1);
    await slapd.kill();
    await assert.rejects(run('sync', 'ad'), /cannot be walked/);
    assert.match((await browser.get(at)).text, /The directory cannot be read/);
  });
});
