/** What is compressed, and that no page with a secret beside reflected input is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pagesHub } from './support.ts';

test('static files, the API description and answers to a token are compressed, pages are not', async (t) => {
  const hub = await pagesHub(t);
  const token = await hub.token('hub:admin');
  const ask = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(hub.issuer + path, { headers: { 'accept-encoding': 'gzip', ...headers } });
    return { text: await answer.text(), how: answer.headers.get('content-encoding'), vary: answer.headers.get('vary') };
  };
  const page = await ask('/');
  assert.equal(page.how, null, 'a page holds the token of its forms');
  const [, css = ''] = /href="(\/static\/hub[^"]+\.css)"/.exec(page.text) ?? [];
  const sheet = await ask(css);
  assert.deepEqual([sheet.how, sheet.vary?.includes('Accept-Encoding')], ['gzip', true]);
  assert.match(sheet.text, /--accent/);
  assert.equal((await ask(css, { 'accept-encoding': 'identity' })).how, null);
  assert.equal((await ask(css, { 'accept-encoding': 'br' })).how, 'br');
  assert.equal((await ask('/api/v1/openapi.json', { authorization: `Bearer ${token}` })).how, 'gzip');
  for (let at = 0; at < 12; at += 1) await hub.person(`somebody-with-a-long-name-${at}`);
  assert.equal((await ask('/api/v1/people', { authorization: `Bearer ${token}` })).how, 'gzip');
  assert.equal((await ask('/api/v1/people?q=reflected')).how, null, 'without a token nothing is');
  assert.equal((await ask('/sign-in/forgot?x=reflected')).how, null);
});
