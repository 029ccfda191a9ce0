/** A store's address in messages: never with what its user proves themselves with, however carelessly it was written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSecrets } from '#platform/store-address.ts';

test('an address is shown without user, password and options, also where the password should have been encoded', () => {
  for (const password of ['s3cret', 's3/cret', 's3@cret', 's3?cret', 's3@a/b?c@d', 's3:cret', 's3#cret', 's3 cret\n']) {
    for (const scheme of ['mongodb', 'mongodb+srv']) {
      assert.equal(withoutSecrets(`${scheme}://hub:${password}@h1,h2/hub?authSource=x`), `${scheme}://h1,h2/hub`);
    }
  }
  assert.equal(withoutSecrets('mongodb://h1:27017/hub?tlsCertificateKeyFilePassword=s3cret'), 'mongodb://h1:27017/hub');
});
