/** Applying a difference to the old text gives the new one, whatever the two are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineDiff, unifiedDiff } from '#domain/text/diff.ts';

const texts = fc.array(fc.constantFrom('a', 'b', 'c', '  d', ''), { maxLength: 30 });

test('kept and taken lines are the old text, kept and added ones the new', () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const all = lineDiff(`${a.join('\n')}\n`, `${b.join('\n')}\n`, 1_000).flat();
      if (JSON.stringify(a) === JSON.stringify(b)) return assert.deepEqual(all, []);
      const lines = (list: readonly string[]) => (list.join('\n') === '' && list.length < 2 ? [''] : list);
      const side = (sign: string) => all.filter((line) => line.sign !== sign).map(({ text }) => text);
      if (all.length > 0) {
        assert.deepEqual(side('+'), [...lines(a)]);
        assert.deepEqual(side('-'), [...lines(b)]);
      }
      for (const line of all) {
        if (line.before !== undefined) assert.equal(line.text, lines(a)[line.before - 1]);
        if (line.after !== undefined) assert.equal(line.text, lines(b)[line.after - 1]);
      }
    }),
    { numRuns: 500 },
  );
});

test('it is as short as can be and keeps a few lines around', () => {
  const before = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  const after = before.with(20, 'other');
  const [hunk, ...none] = lineDiff(before.join('\n'), after.join('\n'));
  assert.equal(none.length, 0);
  assert.equal(hunk?.length, 8);
  const text = unifiedDiff(before.join('\n'), after.join('\n'), ['version 1', 'version 2']);
  assert.match(text, /^--- version 1\n\+\+\+ version 2\n@@ -18,7 \+18,7 @@\n line 17\n/);
  assert.match(text, /\n-line 20\n\+other\n/);
  const far = after.with(2, 'x');
  assert.equal(lineDiff(before.join('\n'), far.join('\n')).length, 2);
});

test('two long texts with nothing in common are told apart in a moment', () => {
  const one = Array.from({ length: 20_000 }, (_, index) => `a${index}`).join('\n');
  const other = Array.from({ length: 20_000 }, (_, index) => `b${index}`).join('\n');
  assert.equal(lineDiff(one, other).flat().length, 40_000);
});
