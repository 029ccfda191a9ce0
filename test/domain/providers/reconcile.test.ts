/** Bringing native roles in line: a table of what the hub wants, what the product holds and what has to be done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Reconciling,
  reconcile,
  reconcileFaults,
  reconcilingOf,
  shapedRoles,
} from '#domain/providers/reconcile.ts';
import { systemModules } from '#providers/index.ts';

const replace: Reconciling = { mode: 'replace', profiles: [] };
const addOnly: Reconciling = { mode: 'add-only', profiles: [] };
const oneProfile: Reconciling = { mode: 'one-profile-many-sets', profiles: ['Manager', 'Standard'] };

const cases = [
  ['replace gives and takes', replace, ['A', 'B'], { sets: ['B', 'C'] }, [], { add: ['A'], remove: ['C'] }],
  ['replace takes the last one too', replace, [], { sets: ['B'] }, [], { add: [], remove: ['B'] }],
  ['add-only takes nothing', addOnly, ['A'], { sets: ['B'] }, ['A', 'B'], { add: ['A'], remove: [] }],
  [
    'one profile, the most important; sets given by hand stay',
    oneProfile,
    ['Standard', 'S1', 'Manager'],
    { sets: ['S2', 'byHand'], profile: 'Standard' },
    ['S1', 'S2'],
    { add: ['S1'], remove: ['S2'], profile: 'Manager' },
  ],
  [
    'a profile that is there already is not set again',
    oneProfile,
    ['Standard'],
    { sets: [], profile: 'Standard' },
    [],
    { add: [], remove: [] },
  ],
  [
    'no profile wanted: the one that is there stays, since there has to be one',
    oneProfile,
    ['S1'],
    { sets: [], profile: 'Standard' },
    ['S1'],
    { add: ['S1'], remove: [] },
  ],
] as const;

for (const [name, how, wanted, held, managed, expected] of cases) {
  test(name, () => assert.deepEqual(reconcile(how, wanted, held, new Set(managed)), expected));
}

test('done once, nothing is left to do', () => {
  for (const [, how, wanted, held, managed] of cases) {
    const { add, remove, profile } = reconcile(how, wanted, held, new Set(managed));
    const sets = [...held.sets.filter((name) => !remove.includes(name)), ...add];
    const now = { sets, profile: profile ?? ('profile' in held ? held.profile : undefined) };
    assert.deepEqual(reconcile(how, wanted, now, new Set(managed)), { add: [], remove: [] });
  }
});

test('which profiles gave way is told', () => {
  assert.deepEqual(shapedRoles(oneProfile, ['Standard', 'S1', 'Manager']), {
    profile: 'Manager',
    sets: ['S1'],
    outranked: ['Standard'],
  });
});

test('a module says what it can; settings pick from it and are checked against it', () => {
  const salesforce = systemModules.find(({ id }) => id === 'salesforce');
  const idempiere = systemModules.find(({ id }) => id === 'idempiere');
  assert.ok(salesforce && idempiere);
  assert.equal(reconcilingOf(salesforce, {}).mode, 'one-profile-many-sets');
  assert.equal(reconcilingOf(salesforce, { reconcile: 'add-only' }).mode, 'add-only');
  assert.equal(reconcilingOf(salesforce, { reconcile: 'replace' }).mode, 'one-profile-many-sets');
  assert.match(
    reconcileFaults({ reconcile: 'replace' }, salesforce)[0]?.message ?? '',
    /one-profile-many-sets, add-only/,
  );
  assert.deepEqual(reconcileFaults({ reconcile: 'replace' }), []);
  assert.equal(reconcileFaults({ reconcile: 'mirror', profiles: ['', 1] }).length, 2);
  assert.match(reconcileFaults({ reconcile: 'replace' }, idempiere)[0]?.message ?? '', /takes no native roles/);
});
