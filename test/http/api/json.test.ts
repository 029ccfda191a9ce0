import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '#http/api/guard/json.ts';

test('JSON as it should be', () => {
  assert.deepEqual(parseJson('{"a":["[[[","\\"{{"],"constructor":1}'), { a: ['[[[', '"{{'], constructor: 1 });
  assert.deepEqual(parseJson(`${'['.repeat(32)}${']'.repeat(32)}`), JSON.parse(`${'['.repeat(32)}${']'.repeat(32)}`));
});

const refused: [what: string, text: string, code: string][] = [
  ['10,000 levels of lists', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'bad-request'],
  ['10,000 levels of objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'bad-request'],
  ['levels that never close', '['.repeat(5_000_000), 'bad-request'],
  ['nothing', '', 'bad-request'],
  ['half a document', '{"a":', 'bad-request'],
  ['two documents', '{}{}', 'bad-request'],
  ['a comment', '{/* */}', 'bad-request'],
  ['__proto__', '{"__proto__":{"admin":true}}', 'invalid'],
  ['__proto__ deep down', '{"attributes":[{"__proto__":1}]}', 'invalid'],
  ['half a surrogate pair', '{"name":"a\\ud800b"}', 'bad-request'],
  ['half a surrogate pair in a key', '{"a":{"\\udc00":1}}', 'bad-request'],
  ['__proto__ escaped', '{"\\u005f_proto__":1}', 'invalid'],
];

for (const [what, text, code] of refused) {
  test(`refused: ${what}`, () => assert.throws(() => parseJson(text), { code }));
}
