import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsLeft, standing } from '#domain/throttle/counter.ts';
import { networkOf } from '#domain/throttle/network.ts';

const networks: [string | undefined, string][] = [
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['not an address', 'unknown'],
  ['999.1.1.1', 'unknown'],
  ['', 'unknown'],
  [undefined, 'unknown'],
];
for (const [ip, network] of networks)
  test(`${ip} counts as ${network}`, () => {
    assert.equal(networkOf(ip), network);
  });

test('a window begins with its first try and ends after its length, whatever the clock does', () => {
  const limit = { count: 10, windowMs: 1000 };
  const counter = { count: 7, since: 5000 };
  assert.deepEqual(standing(undefined, limit, 5000), { count: 0, since: 5000 });
  assert.equal(standing(counter, limit, 5999), counter);
  assert.deepEqual(standing(counter, limit, 6000), { count: 0, since: 6000 });
  assert.equal(standing(counter, limit, 4500), counter);
  assert.deepEqual(standing(counter, limit, 1000), { count: 0, since: 1000 });
  assert.deepEqual([secondsLeft(counter, limit, 5001), secondsLeft(counter, limit, 5999)], [1, 1]);
});
