import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { test } from 'node:test';
import { importJWK, jwtVerify, SignJWT } from 'jose';
import { createSigner, signJwt, verifyJwt } from '#platform/jws.ts';

const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const;

for (const alg of ['ES256', 'RS256'] as const) {
  const privateJwk = pairs[alg].privateKey.export({ format: 'jwk' }) as JsonWebKey;
  const signer = createSigner('k1', alg, privateJwk);
  const keyOf = (kid: string) => (kid === 'k1' ? { alg, publicKey: signer.publicKey } : undefined);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  test(`${alg}: what we sign jose verifies, and the other way round`, async () => {
    const token = signJwt(signer, { typ: 'at+jwt' }, { sub: 'x' });
    assert.equal((await jwtVerify(token, signer.publicKey, { typ: 'at+jwt' })).payload.sub, 'x');
    const theirs = await new SignJWT({ sub: 'y' })
      .setProtectedHeader({ alg, kid: 'k1', typ: 'at+jwt' })
      .sign(await importJWK(privateJwk as Parameters<typeof importJWK>[0], alg));
    assert.equal(verifyJwt(theirs, keyOf, 'at+jwt')?.claims.sub, 'y');
  });

  test(`${alg}: nothing but our own key, algorithm and type is taken`, () => {
    const claims = { sub: 'x' };
    const good = signJwt(signer, { typ: 'at+jwt' }, claims);
    const [head = '', body = '', signature = ''] = good.split('.');
    const secret = signer.publicKey.export({ format: 'pem', type: 'spki' });
    const hmacInput = `${part({ alg: 'HS256', kid: 'k1', typ: 'at+jwt' })}.${body}`;
    const forged = {
      'another claim': `${head}.${part({ sub: 'z' })}.${signature}`,
      'no signature': `${head}.${body}.`,
      none: `${part({ alg: 'none', kid: 'k1', typ: 'at+jwt' })}.${body}.`,
      'HMAC with the public key': `${hmacInput}.${createHmac('sha256', secret).update(hmacInput).digest('base64url')}`,
      'another kid': signJwt(createSigner('k2', alg, privateJwk), { typ: 'at+jwt' }, claims),
      'a key in the header': signJwt(signer, { typ: 'at+jwt', jwk: {} } as { typ: string }, claims),
      'the address of a key': signJwt(
        signer,
        { typ: 'at+jwt', jku: 'https://evil.example' } as { typ: string },
        claims,
      ),
      'another type': signJwt(signer, { typ: 'logout+jwt' }, claims),
      'four parts': `${good}.x`,
      'too long': signJwt(signer, { typ: 'at+jwt' }, { pad: 'x'.repeat(20_000) }),
      nonsense: 'a.b.c',
    };
    for (const [name, token] of Object.entries(forged)) {
      assert.equal(verifyJwt(token, keyOf, 'at+jwt'), undefined, name);
    }
    assert.ok(verifyJwt(good, keyOf, 'at+jwt'));
  });
}
