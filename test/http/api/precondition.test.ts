import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '#domain/errors.ts';
import { checkIfMatch } from '#http/api/guard/precondition.ts';

const cases: [header: string | undefined, required: boolean, expected: number | undefined | string][] = [
  ['"3"', true, 3],
  ['"1", "3"', true, 3],
  ['*', true, 3],
  [undefined, true, 'version-required'],
  ['', true, 'version-required'],
  [undefined, false, undefined],
  ['"2"', true, 'stale'],
  ['"2"', false, 'stale'],
  ['W/"3"', true, 'stale'],
  ['3', true, 'stale'],
  ['"03"', true, 'stale'],
];

for (const [header, required, expected] of cases) {
  test(`If-Match ${header} ${required ? 'required' : 'optional'} -> ${expected}`, () => {
    const said = (() => {
      try {
        return checkIfMatch(header, 3, required);
      } catch (fault) {
        assert.ok(fault instanceof HubError);
        return fault.code;
      }
    })();
    assert.equal(said, expected);
  });
}
