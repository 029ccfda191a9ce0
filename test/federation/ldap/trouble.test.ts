/** A directory that is away, slow, or not who it says. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DirectorySettings, DirectoryTrouble } from '#actions/directories/port.ts';
import { certificates } from '#test/support/slapd/authority.ts';
import { directoryPassword, person } from '#test/support/slapd/people.ts';
import { startSlapd } from '#test/support/slapd/start.ts';
import { directoriesOf, entryOf, settingsOf } from './support.ts';

test('what stops a directory is told by its kind, in words', async (t) => {
  const slapd = await startSlapd(t, [person('anna')]);
  if (slapd === undefined) return;
  const good = settingsOf(slapd);
  const directories = directoriesOf(t);
  const trouble = async (settings: DirectorySettings): Promise<DirectoryTrouble> => {
    const fault = await directories.find(settings, 'anna').then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(fault instanceof DirectoryTrouble, String(fault));
    return fault;
  };

  await t.test('certificates are looked at, with TLS from the start and with StartTLS', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ca-'));
    const other = certificates(folder, 'DNS:localhost').ca;
    rmSync(folder, { recursive: true });
    const plain = `ldap://localhost:${slapd.ports.plain}`;
    for (const tls of [{}, { url: plain, startTls: true }]) {
      assert.equal((await entryOf(directories, { ...good, ...tls }, 'anna')).attributes.cn?.[0], 'anna');
      for (const [ca, word] of [
        [undefined, /CA/],
        [other, /CA/],
      ] as const) {
        const fault = await trouble({ ...good, ...tls, ca });
        assert.equal(fault.kind, 'certificate');
        assert.match(fault.message, word);
      }
      const url = ('url' in tls ? plain : good.url).replace('localhost', '127.0.0.1');
      const misnamed = await trouble({ ...good, ...tls, url });
      assert.equal(misnamed.kind, 'certificate');
      assert.match(misnamed.message, /names another host/);
    }
  });

  await t.test('wrong service account, base, port, scheme, address', async () => {
    assert.equal((await trouble({ ...good, bindPassword: 'no' })).kind, 'service-bind');
    assert.equal((await trouble({ ...good, bindPassword: '' })).kind, 'service-bind');
    assert.match((await trouble({ ...good, base: 'ou=nowhere,dc=example,dc=com' })).message, /base/);
    assert.equal((await trouble({ ...good, url: 'ldaps://localhost:1' })).kind, 'unreachable');
    const crossed = await trouble({ ...good, url: `ldaps://localhost:${slapd.ports.plain}` });
    assert.ok(['certificate', 'unreachable'].includes(crossed.kind), crossed.kind);
    assert.equal((await trouble({ ...good, allowLoopback: false })).kind, 'address');
    const literal = { ...good, url: slapd.url, allowLoopback: false };
    assert.equal((await trouble(literal)).kind, 'address');
  });

  await t.test('killed in the middle, and back again', async () => {
    const entry = await entryOf(directories, good, 'anna');
    assert.equal((await directories.bind(good, entry, directoryPassword)).outcome, 'right');
    await slapd.kill();
    assert.equal((await trouble(good)).kind, 'unreachable');
    await assert.rejects(directories.bind(good, entry, directoryPassword), DirectoryTrouble);
    await slapd.again();
    assert.equal((await directories.bind(good, entry, directoryPassword)).outcome, 'right');
    assert.equal((await entryOf(directories, good, 'anna')).subject, entry.subject);
  });

  await t.test('one that does not answer costs its deadline, and is well again by itself', async () => {
    const quick = { ...good, timeoutMs: 300 };
    await entryOf(directories, quick, 'anna');
    await slapd.pause();
    const faults = await Promise.all(Array.from({ length: 10 }, () => trouble(quick)));
    assert.ok(faults.every(({ kind }) => kind === 'slow' || kind === 'busy'));
    slapd.resume();
    assert.equal((await entryOf(directories, good, 'anna')).attributes.cn?.[0], 'anna');
  });

  await t.test('nothing that comes before TLS counts as having come through it', async () => {
    // A bind response "success" with a later message id, its last byte missing, right behind the answer to StartTLS.
    const answer = Buffer.from('300c02010278070a010004000400', 'hex');
    const slipped = Buffer.from('300c02010361070a0100040004', 'hex');
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(Buffer.concat([answer, slipped])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as { port: number };
    const fault = await trouble({ ...good, url: `ldap://localhost:${port}`, startTls: true });
    assert.match(fault.message, /slipped in/);
  });
});
