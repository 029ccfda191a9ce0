/** How good the matcher is on the shared samples; passed over where they are not at hand. Truth is read here alone. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { readAccounts } from '#domain/unify/read/list.ts';
import { unify } from '#domain/unify/unify.ts';
import { figuresOf, type Who } from '#test/support/companies/figures.ts';

const samples = ['../../../../shared/data', '../../../../../shared/data']
  .map((path) => resolve(import.meta.dirname, path))
  .find(existsSync);

for (const firm of ['company', 'firm']) {
  for (const withDirectory of [false, true]) {
    const title = `${firm} ${withDirectory ? 'with' : 'without'} its directory`;
    test(title, { skip: samples === undefined && 'no samples here' }, (t) => {
      const read = (file: string): Buffer => readFileSync(join(samples ?? '', firm, file));
      const crm = readAccounts(read('crm-users.csv'), 'system').accounts;
      const erp = readAccounts(read('erp-users.csv'), 'system').accounts;
      const people = withDirectory ? readAccounts(read('people.csv'), 'directory').accounts : [];
      const truth = JSON.parse(read('truth.json').toString()) as readonly Who[];
      const { precision, recall, queue } = figuresOf(unify(crm, erp, people), truth, crm.length + erp.length);
      t.diagnostic(
        `precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}, rows to review ${queue.toFixed(4)}`,
      );
      assert.ok(precision >= 0.995, `precision ${precision}`);
      assert.ok(recall >= 0.97, `recall ${recall}`);
      assert.ok(queue <= 0.08, `${queue} of the rows are to review`);
    });
  }
}
