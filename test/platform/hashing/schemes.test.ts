/** Hashes of other products: vectors in foreign.json were made by passlib, argon2-cffi, bcrypt and hashlib. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hashPassword, isCurrent } from '#platform/hashing/schemes/argon2.ts';
import { importedHashFault, matchesHash } from '#platform/hashing/schemes/index.ts';

const foreign: { password: string; hashes: Record<string, string> } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'foreign.json'), 'utf8'),
);

describe('hashes of other products', () => {
  for (const [name, hash] of Object.entries(foreign.hashes)) {
    test(`${name} is taken, matches its password and nothing else`, () => {
      assert.equal(importedHashFault(hash), undefined);
      assert.equal(matchesHash(hash, foreign.password), true);
      assert.equal(matchesHash(hash, `${foreign.password} `), false);
      assert.equal(matchesHash(hash, ''), false);
      assert.equal(isCurrent(hash), false);
    });
    test(`${name} with one changed character matches no more`, () => {
      const place = hash.length - 6;
      const other = hash[place] === 'A' ? 'B' : 'A';
      assert.equal(matchesHash(hash.slice(0, place) + other + hash.slice(place + 1), foreign.password), false);
    });
  }
});

test('our own hash is current, salted afresh and matches', () => {
  const hash = hashPassword('correct horse battery staple');
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(isCurrent(hash), true);
  assert.equal(matchesHash(hash, 'correct horse battery staple'), true);
  assert.equal(matchesHash(hash, 'correct horse battery stapl'), false);
  assert.notEqual(hashPassword('correct horse battery staple'), hash);
});

describe('what cannot be imported', () => {
  const salt = 'MDEyMzQ1Njc4OWFiY2RlZg';
  const tag = 'TszMWbtmDK6dEFUqFh8A9ojW5GXmXdVJaSN/SamCMbc';
  const cases: [string, string, RegExp][] = [
    ['nothing', '', /no known kind/],
    ['plain text', 'hunter2hunter2', /no known kind/],
    ['unsalted MD5', '5f4dcc3b5aa765d61d8327deb882cf99', /no known kind/],
    ['a locked account of a directory', '{SASL}someone', /no known kind/],
    ['argon2 without a tag', `$argon2id$v=19$m=1024,t=2,p=1$${salt}$`, /well-formed/],
    ['argon2 with a short tag', `$argon2id$v=19$m=1024,t=2,p=1$${salt}$AAAA`, /well-formed/],
    ['argon2 of the old version', `$argon2id$v=16$m=1024,t=2,p=1$${salt}$${tag}`, /well-formed/],
    ['argon2 with a repeated parameter', `$argon2id$v=19$m=1024,m=8,t=2,p=1$${salt}$${tag}`, /well-formed/],
    ['argon2 of four GiB', `$argon2id$v=19$m=4194304,t=1,p=1$${salt}$${tag}`, /costly/],
    ['argon2 of a million passes', `$argon2id$v=19$m=1024,t=1000000,p=1$${salt}$${tag}`, /costly/],
    ['bcrypt cut short', '$2b$10$abcdefghijklmnopqrstuu', /well-formed/],
    ['bcrypt of cost 31', '$2b$31$NJ6GVDV8pC9/ayZF32kHreYCdV6w10dDtpmJTJKL6/2cV93bw50kq', /costly/],
    ['pbkdf2 of a billion rounds', `$pbkdf2-sha256$1000000000$${salt}$${tag}`, /costly/],
    ['pbkdf2 of no rounds', `$pbkdf2-sha256$0$${salt}$${tag}`, /well-formed/],
    ['pbkdf2 with MD5', `$pbkdf2-md5$1000$${salt}$${tag}`, /well-formed/],
    ['scrypt of 32 GiB', `$scrypt$ln=25,r=8,p=1$${salt}$${tag}`, /costly/],
    ['scrypt of many lanes', `$scrypt$ln=15,r=8,p=1000$${salt}$${tag}`, /costly/],
    ['SSHA without a salt', '{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=', /well-formed/],
    ['a hash of a megabyte', `$argon2id$${'A'.repeat(1_000_000)}`, /too long/],
  ];
  for (const [name, hash, message] of cases)
    test(name, () => {
      assert.match(importedHashFault(hash) ?? 'taken', message);
      assert.equal(matchesHash(hash, 'password'), false);
    });
});
