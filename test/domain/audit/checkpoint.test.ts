import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { CompactSign, exportJWK } from 'jose';
import { CheckpointFault, readCheckpoint, signCheckpoint, verifyCheckpoint } from '#domain/audit/checkpoint.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import { chain, stream } from './chain.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer = { kid: 'k1', alg: 'ES256', key: privateKey } as const;
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
const events = chain('a', 5);
const checkpoint = { heads: { a: { seq: 5, hash: events[4]?.hash ?? '' } }, at: '2026-01-01T00:01:00.000Z' };

test('what was signed is read back', async () => {
  const jws = await signCheckpoint(checkpoint, signer);
  assert.deepEqual(await verifyCheckpoint(`${jws}\n`, jwks), checkpoint);
  assert.deepEqual(readCheckpoint(jws), checkpoint);
  assert.equal((await verifyExport(stream(events), { checkpoint: jws, jwks })).ok, true);
  const cut = await verifyExport(stream(events.slice(0, 3)), { checkpoint: jws, jwks });
  assert.deepEqual([cut.ok, cut.firstBad?.seq], [false, 4]);
});

test('a foreign key, a changed payload, another kind of token and rubbish are refused', async () => {
  const jws = await signCheckpoint(checkpoint, signer);
  const [header, , signature] = jws.split('.');
  const lower = Buffer.from(JSON.stringify({ ...checkpoint, heads: {} })).toString('base64url');
  const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(checkpoint)))
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'JWT' })
    .sign(privateKey);
  const forged = [
    await signCheckpoint(checkpoint, { ...signer, key: other.privateKey }),
    `${header}.${lower}.${signature}`,
    token,
    'rubbish',
    '',
  ];
  for (const text of forged) {
    await assert.rejects(verifyCheckpoint(text, jwks), CheckpointFault);
    const result = await verifyExport(stream(events), { checkpoint: text, jwks });
    assert.equal(result.ok, false, text);
    assert.match(result.checkpointFault ?? '', /not signed|changed/);
  }
  assert.throws(() => readCheckpoint('rubbish'), CheckpointFault);
});
