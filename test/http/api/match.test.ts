import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMatcher } from '#http/api/guard/match.ts';
import type { Method, Route } from '#http/api/route.ts';

function at(method: Method, path: string, more: Partial<Route> = {}): Route {
  return {
    method,
    path,
    summary: path,
    permission: 'hub:people-read',
    answers: {},
    handle: async () => ({ status: 200 }),
    ...more,
  };
}

const match = createMatcher([
  at('GET', '/people'),
  at('POST', '/people'),
  at('GET', '/people/{id}'),
  at('POST', '/people/import'),
  at('GET', '/audit/export', { recorded: true }),
  at('DELETE', '/people/{id}/roles/{assignment}'),
]);

const cases: [method: string, path: string, expected: string][] = [
  ['GET', '/people', 'GET /people {}'],
  ['HEAD', '/people', 'GET /people {}'],
  ['GET', '/people/7', 'GET /people/{id} {"id":"7"}'],
  ['GET', '/people/%2e%2e', 'GET /people/{id} {"id":".."}'],
  ['GET', '/people/a%2Fb', 'GET /people/{id} {"id":"a/b"}'],
  ['POST', '/people/import', 'POST /people/import {}'],
  ['GET', '/people/import', 'allow POST'],
  ['DELETE', '/people/1/roles/2', 'DELETE /people/{id}/roles/{assignment} {"id":"1","assignment":"2"}'],
  ['GET', '/people/', 'nothing'],
  ['GET', '/people/1/2', 'nothing'],
  ['GET', '', 'nothing'],
  ['DELETE', '/people', 'allow GET,HEAD,POST'],
  ['HEAD', '/audit/export', 'allow GET'],
  ['constructor', '/people', 'allow GET,HEAD,POST'],
];

for (const [method, path, expected] of cases) {
  test(`${method} ${path} -> ${expected}`, () => {
    const matching = match(method, path);
    const said =
      matching === undefined
        ? 'nothing'
        : 'allow' in matching
          ? `allow ${matching.allow.join(',')}`
          : `${matching.found.route.method} ${matching.found.route.path} ${JSON.stringify(matching.found.params())}`;
    assert.equal(said, expected);
  });
}

test('a bad escape in a path is refused', () => {
  const matching = match('GET', '/people/%ff');
  assert.ok(matching !== undefined && 'found' in matching);
  assert.throws(() => matching.found.params(), { code: 'bad-request' });
});
