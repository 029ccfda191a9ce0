import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { clientAddress } from '#platform/client-address.ts';

const from = (socket: string, forwarded?: string) =>
  ({ socket: { remoteAddress: socket }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

const cases: [string, string, string | undefined, boolean | number | string, string][] = [
  ['no proxy is trusted', '203.0.113.9', '198.51.100.1', false, '203.0.113.9'],
  ['one hop', '10.0.0.1', '6.6.6.6, 198.51.100.1', 1, '198.51.100.1'],
  ['two hops', '10.0.0.1', '6.6.6.6, 198.51.100.1', 2, '6.6.6.6'],
  ['a named network', '127.0.0.1', '6.6.6.6, 198.51.100.1', 'loopback', '198.51.100.1'],
  ['a network by its address', '10.0.0.1', '198.51.100.1', '10.0.0.0/8', '198.51.100.1'],
  ['a proxy outside of it', '11.0.0.1', '198.51.100.1', '10.0.0.0/8', '11.0.0.1'],
  ['a malformed entry', '10.0.0.1', 'unknown', 1, '10.0.0.1'],
  ['an entry with more in it', '10.0.0.1', "198.51.100.1' OR 1=1", 1, '10.0.0.1'],
  ['no header', '10.0.0.1', undefined, 1, '10.0.0.1'],
];

for (const [name, socket, forwarded, trust, expected] of cases) {
  test(`the client's address: ${name}`, () => assert.equal(clientAddress(from(socket, forwarded), trust), expected));
}
