/** `reviews` of the command line: previewed, begun, shown and closed, while no hub runs and while one does. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { place } from '#test/support/hub-process.ts';

for (const running of [false, true])
  test(`a review from the command line, ${running ? 'while the hub runs' : 'while no hub runs'}`, async (t) => {
    const at = await place();
    t.after(() => at.remove());
    const hub = running ? await at.start() : undefined;
    const csv = join(at.folder, 'people.csv');
    writeFileSync(
      csv,
      'email,name,department,manager\nboss@x.example,Boss,Management,\nanna@x.example,Anna,Sales,boss@x.example\n',
    );
    assert.equal((await at.hub('people', 'import', csv, '--json')).code, 0);
    const due = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
    const words = [
      '--title',
      'Autumn',
      '--fallback',
      'boss@x.example',
      '--due',
      due,
      '--department',
      'Sales',
      '--json',
    ];
    const preview = await at.hub('reviews', 'open', ...words, '--preview');
    const { items, reviewers } = JSON.parse(preview.out);
    assert.ok(items > 0, preview.out);
    assert.deepEqual(reviewers, [{ person: 'boss@x.example', items }]);
    assert.equal(JSON.parse((await at.hub('reviews', 'list', '--json')).out).items.length, 0);

    const two = await at.hub('reviews', 'open', ...words, '--role', 'x');
    assert.equal(two.code, 2, two.out);
    const nobody = await at.hub('reviews', 'open', '--title', 'A', '--fallback', 'x', '--due', due, '--json');
    assert.deepEqual([nobody.code, JSON.parse(nobody.out).code], [1, 'not-found']);
    const made = JSON.parse((await at.hub('reviews', 'open', ...words)).out);
    assert.deepEqual([made.state, made.counts.open], ['open', items]);
    const report = await at.hub('reviews', 'show', made.id, '--csv');
    assert.equal(report.out.trim().split('\n').length, items + 1, report.out);
    assert.equal((await at.hub('reviews', 'close', made.id)).code, 2, 'a reason');
    const closed = JSON.parse((await at.hub('reviews', 'close', made.id, '--reason', 'enough', '--json')).out);
    assert.deepEqual([closed.state, closed.counts.undecided], ['closed', items]);
    assert.equal((await at.hub('reviews', 'close', made.id, '--reason', 'again', '--json')).code, 1);
    await hub?.stop();
  });
