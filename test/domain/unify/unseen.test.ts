/**
 * How good the matcher is on companies it was not made on: twenty with other names and habits each (test/support/companies).
 * Namesakes are far more frequent there than in a real company, so that the queue is longer; a wrong sure pair is the worst.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAccounts } from '#domain/unify/read/list.ts';
import { unify } from '#domain/unify/unify.ts';
import { makeCompany } from '#test/support/companies/company.ts';
import { type Figures, figuresOf } from '#test/support/companies/figures.ts';

const seeds = Array.from({ length: 20 }, (_, at) => 4_000 + at * 7);

function figures(seed: number, withDirectory: boolean): Figures {
  const made = makeCompany(600, seed);
  const [crm, erp] = [readAccounts(made.crm, 'system'), readAccounts(made.erp, 'system')];
  assert.deepEqual([crm.faults, erp.faults], [[], []]);
  const people = withDirectory ? readAccounts(made.directory, 'directory').accounts : [];
  const found = unify(crm.accounts, erp.accounts, people);
  return figuresOf(found, made.truth, crm.accounts.length + erp.accounts.length);
}

for (const [withDirectory, floors] of [
  [false, { precision: 0.999, worst: 0.99, recall: 0.97, queue: 0.11 }],
  [true, { precision: 0.999, worst: 0.99, recall: 0.985, queue: 0.05 }],
] as const) {
  test(`twenty unseen companies ${withDirectory ? 'with' : 'without'} their directories`, (t) => {
    const all = seeds.map((seed) => figures(seed, withDirectory));
    const mean = (key: keyof Figures): number => all.reduce((sum, one) => sum + one[key], 0) / all.length;
    const worst = Math.min(...all.map(({ precision }) => precision));
    const told = [mean('precision'), worst, mean('recall'), mean('queue')].map((share) => share.toFixed(4));
    t.diagnostic(`precision ${told[0]} (worst ${told[1]}), recall ${told[2]}, rows to review ${told[3]}`);
    assert.ok(mean('precision') >= floors.precision && worst >= floors.worst, `precision ${told[0]}, worst ${told[1]}`);
    assert.ok(mean('recall') >= floors.recall, `recall ${told[2]}`);
    assert.ok(mean('queue') <= floors.queue, `${told[3]} of the rows are to review`);
  });
}
