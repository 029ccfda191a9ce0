/** Secrets appear in no log, metric, audit event, error or export (security.md, "Administration"). */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog } from '#platform/log.ts';
import { bootHub, passphrase } from '#test/support/booted.ts';
import { visit } from '#test/support/visitor.ts';
import { callback, challenge, verifier } from './support.ts';

test('what is secret goes in and comes out nowhere, whatever is done with it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-log-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'log');
  const log = createLog({ level: 'trace', destination: file });
  const hub = await bootHub(t, { log });
  const { issuer } = hub;
  await hub.person('owner', 'hub-owner');
  const owner = await visit(issuer).signIn('owner@example.com');
  const token = await hub.token('hub:admin');
  const admin = visit(issuer).withToken(token);
  const said: string[] = [];
  const call = async (...args: Parameters<typeof admin.call>) => {
    const answer = await admin.call(...args);
    said.push(answer.text);
    return answer;
  };

  const clientSecret = 'client-secret-0123456789';
  const system = { id: 'desk', title: 'Desk', side: 'crm', redirectUris: [callback], open: true, clientSecret };
  assert.equal((await call('POST', '/api/v1/systems', system)).status, 201);
  await call('POST', '/api/v1/systems', system);
  await call('POST', '/api/v1/systems', { ...system, id: 'other', auth: 'none' });
  const changed = 'changed-secret-0123456789';
  const etag = (await call('GET', '/api/v1/systems/desk')).headers.get('etag') ?? '';
  assert.equal(
    (await call('PATCH', '/api/v1/systems/desk', { clientSecret: changed }, { 'if-match': etag })).status,
    200,
  );
  const password = 'a passphrase that nobody knows';
  const eve = { name: 'Eve', email: 'eve@example.com', password };
  const made = await call('POST', '/api/v1/people', eve);
  assert.equal(made.status, 201, made.text);
  await call('POST', '/api/v1/people', eve);
  await call('POST', '/api/v1/people', { ...eve, email: 'nobody', status: 'odd' });

  const authorize = `${issuer}/authorize?${new URLSearchParams({
    client_id: 'desk',
    response_type: 'code',
    scope: 'openid profile offline_access',
    redirect_uri: callback,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })}`;
  const { location } = await owner.browser.follow(authorize);
  const code = new URL(location ?? '').searchParams.get('code') ?? '';
  const post = async (path: string, secret: string, form: Record<string, string>) => {
    const authorization = `Basic ${btoa(`desk:${secret}`)}`;
    const answer = await fetch(`${issuer}${path}`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    });
    return { status: answer.status, said: (await answer.json().catch(() => ({}))) as Record<string, string> };
  };
  const redeem = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier };
  said.push(JSON.stringify(await post('/token', 'wrong-secret-0123456789', redeem)));
  const tokens = await post('/token', changed, redeem);
  assert.equal(tokens.status, 200);
  const { access_token = '', refresh_token = '', id_token = '' } = tokens.said;
  await post('/introspect', changed, { token: access_token });
  said.push(
    JSON.stringify(await post('/token', changed, { grant_type: 'refresh_token', refresh_token: `${refresh_token}x` })),
  );
  said.push(JSON.stringify(await post('/token', changed, redeem)));
  const lost = [
    `${issuer}/nowhere/${token}?token=${token}`,
    `${issuer}/api/v1/people/${token}`,
    `${issuer}/authorize/${code}`,
  ];
  for (const address of lost) await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  const typo = await visit(issuer).browser.follow(`${issuer}/admin`);
  const stranger = visit(issuer);
  const form = await stranger.browser.follow(`${issuer}/admin`);
  said.push(
    (await stranger.browser.post(form.url, { identifier: 'owner@example.com', password: `${password}!` })).text,
  );
  said.push(typo.text);

  for (const path of ['/api/v1/systems', '/api/v1/people?limit=200', '/api/v1/keys', '/api/v1/audit?limit=200']) {
    assert.equal((await call('GET', path)).status, 200);
  }
  const exported = await fetch(`${issuer}/api/v1/audit/export`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(exported.status, 200);
  said.push(await exported.text());
  const records = await Array.fromAsync(hub.services.store.audit.export({}));
  assert.ok(records.length > 10);
  const metrics = await (await fetch(`${issuer}/metrics`)).text();
  await new Promise<void>((resolve, reject) => log.flush((error) => (error ? reject(error) : resolve())));
  const lines = readFileSync(file, 'utf8');
  assert.ok(lines.includes('/token'), 'the log says what was asked');

  const places = { answers: said.join('\n'), record: JSON.stringify(records), metrics, log: lines };
  const session = owner.browser.cookie(issuer, 'gatehouse-session') ?? '';
  const secrets = {
    clientSecret,
    changed,
    password,
    passphrase,
    token,
    code,
    access_token,
    refresh_token,
    id_token,
    session,
  };
  for (const [name, value] of Object.entries({ ...secrets, verifier })) {
    assert.ok(value.length > 15, name);
    for (const [place, text] of Object.entries(places)) assert.ok(!text.includes(value), `${name} in ${place}`);
    const basic = btoa(`desk:${value}`);
    assert.ok(!lines.includes(basic), `${name} in the log as a header`);
  }
  assert.doesNotMatch(places.record, /\$argon2|privateSealed|"d":/);
  assert.doesNotMatch(places.answers, /\$argon2|privateSealed|clientSecretSealed|at file:|node_modules/);
});
