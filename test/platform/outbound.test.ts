import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { guardedFetch, mayReach } from '#platform/outbound.ts';

const strict = { allow: [], allowLoopback: false };

test('only public addresses are reached, unless a network is allowed', () => {
  const inside = [
    ...['127.0.0.1', '10.0.0.1', '192.168.1.1', '172.16.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1'],
    ...['::1', '::', 'fe80::1', 'fc00::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:7f00:1::'],
  ];
  for (const address of inside) assert.equal(mayReach(address, strict), false, address);
  for (const address of ['93.184.216.34', '2606:2800:220:1::1']) assert.equal(mayReach(address, strict), true, address);
  assert.equal(mayReach('10.1.2.3', { ...strict, allow: ['10.1.0.0/16'] }), true);
  assert.equal(mayReach('::ffff:10.1.2.3', { ...strict, allow: ['10.1.0.0/16'] }), true);
  assert.equal(mayReach('10.2.2.3', { ...strict, allow: ['10.1.0.0/16'] }), false);
  assert.equal(mayReach('127.0.0.1', { ...strict, allowLoopback: true }), true);
});

async function receiver(t: { after(end: () => void): void }, answer: (path: string) => [number, string, string?]) {
  const seen: string[] = [];
  const server = createServer((req, res) => {
    seen.push(req.url ?? '');
    const [status, body, location] = answer(req.url ?? '');
    res.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, seen };
}

const call = { timeoutMs: 2000, maxBytes: 1000, method: 'GET', headers: {} } as const;

test('a name that leads inside is refused at connect', async (t) => {
  const { url, seen } = await receiver(t, () => [200, 'ok']);
  await assert.rejects(guardedFetch(url, { ...call, ...strict }));
  await assert.rejects(guardedFetch(url.replace('localhost', '127.0.0.1'), { ...call, ...strict }));
  await assert.rejects(guardedFetch(url.replace('localhost', '[::ffff:127.0.0.1]'), { ...call, ...strict }));
  await assert.rejects(guardedFetch('file:///etc/passwd', { ...call, ...strict }));
  assert.deepEqual(seen, []);
  const allowed = { allow: [], allowLoopback: true };
  assert.equal(await (await guardedFetch(url, { ...call, ...allowed })).text(), 'ok');
});

test('redirects are not followed and long answers are cut off', async (t) => {
  const { url, seen } = await receiver(t, (path) => (path === '/away' ? [302, '', '/other'] : [200, 'x'.repeat(5000)]));
  const allowed = { allow: [], allowLoopback: true };
  assert.equal((await guardedFetch(`${url}/away`, { ...call, ...allowed })).status, 302);
  assert.deepEqual(seen, ['/away']);
  await assert.rejects(guardedFetch(`${url}/long`, { ...call, ...allowed }), /longer than 1000 bytes/);
});
