/** What `npm run chaos` is made of: which tests, in their long form, give which figures. */
export interface Part {
  readonly name: string;
  /** Below the project's folder. */
  readonly file: string;
  /** Tests of the file whose title has it; all of them where it is left out. */
  readonly titled?: string;
  /** What makes the long form of it. */
  readonly long: Readonly<Record<string, string>>;
}

export const parts: readonly Part[] = [
  { name: 'kill-sqlite', file: 'test/chaos/kill.test.ts', titled: 'embedded', long: { GATEHOUSE_KILLS: '50' } },
  { name: 'kill-mongodb', file: 'test/chaos/kill.test.ts', titled: 'on MongoDB', long: { GATEHOUSE_KILLS: '50' } },
  { name: 'commits', file: 'test/chaos/commits.test.ts', long: {} },
  { name: 'faults', file: 'test/chaos/store-faults.test.ts', long: { GATEHOUSE_LONG: '1' } },
  { name: 'away-sqlite', file: 'test/faults/store-away.test.ts', long: { GATEHOUSE_FAULT_SECONDS: '30' } },
  { name: 'away-mongodb', file: 'test/faults/mongo-away.test.ts', long: { GATEHOUSE_FAULT_SECONDS: '30' } },
  {
    name: 'once',
    file: 'test/cluster/two-nodes.test.ts',
    titled: 'what serves once serves once',
    long: { GATEHOUSE_LONG: '1' },
  },
  {
    name: 'disabled',
    file: 'test/cluster/two-nodes.test.ts',
    titled: 'who is disabled on one node',
    long: { GATEHOUSE_LONG: '1' },
  },
  { name: 'election', file: 'test/chaos/election.test.ts', long: { GATEHOUSE_LONG: '1' } },
];
