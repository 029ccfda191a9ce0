import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandFault, FailPoints } from '#test/support/mongo/fail-points.ts';
import type { MongoServer } from '#test/support/mongo.ts';

/** Something that befalls the store while people sign in. It is over when `run` resolves. */
export interface Scene {
  readonly name: string;
  readonly kind: 'fail points' | 'stepped down' | 'killed';
  run(): Promise<void>;
}

/** Every command that a commit of any kind consists of: the single write, the transaction, its end, a lane taken or settled. */
const ofCommits = ['insert', 'update', 'delete', 'bulkWrite', 'commitTransaction', 'abortTransaction', 'findAndModify'];

function faults(long: boolean): Record<string, CommandFault> {
  const closed = [...ofCommits, 'find'].map((name): [string, CommandFault] => [
    `connection closed at ${name}`,
    { failCommands: [name], closeConnection: true },
  ]);
  const label = 'TransientTransactionError';
  const transient: [string, CommandFault][] = [
    ['write conflicts in transactions', { failCommands: ['bulkWrite', 'update', 'insert'], errorCode: 112 }],
    ['transactions lost before their end', { failCommands: ['bulkWrite'], errorCode: 251, errorLabels: [label] }],
    ['transactions lost at their end', { failCommands: ['commitTransaction'], errorCode: 251, errorLabels: [label] }],
    ['no primary for a moment', { failCommands: ['find', 'insert', 'bulkWrite'], errorCode: 10107 }],
  ];
  const unknownLabel = ['UnknownTransactionCommitResult'];
  const commit = ['commitTransaction'];
  const unknown: [string, CommandFault][] = [
    [
      'a commit done, its majority not known',
      { failCommands: commit, writeConcernError: { code: 64, errmsg: 'late' } },
    ],
    ['a commit that shut down', { failCommands: commit, errorCode: 91, errorLabels: unknownLabel }],
    ['a commit out of time', { failCommands: commit, errorCode: 50, errorLabels: unknownLabel }],
    ['a commit that is late', { failCommands: commit, blockConnection: true, blockTimeMS: 2500 }],
    ['a write that is late', { failCommands: ['insert', 'update'], blockConnection: true, blockTimeMS: 2500 }],
  ];
  const all = [...closed, ...transient, ...unknown];
  const short = new Set(['connection closed at bulkWrite', 'connection closed at commitTransaction', unknown[0]?.[0]]);
  return Object.fromEntries(long ? all : all.filter(([name]) => short.has(name)));
}

/** @param long all of them, a few seconds each; else the most telling ones, briefly */
export function scenes(server: MongoServer, points: FailPoints, long: boolean): Scene[] {
  const rounds = long ? 12 : 3;
  const failing = Object.entries(faults(long)).map(
    ([name, fault]): Scene => ({
      name,
      kind: 'fail points',
      async run() {
        for (let round = 0; round < rounds; round += 1) {
          // Once, and as often as the driver tries again by itself, and more often than that.
          await points.arm(fault, 1 + (round % 4));
          await sleep(250);
        }
        await points.disarm();
      },
    }),
  );
  const seconds = long ? 5 : 2;
  const steppedDown: Scene = {
    name: `stepped down for ${seconds} s`,
    kind: 'stepped down',
    async run() {
      await sleep(500);
      await points.stepDown(seconds);
      await sleep(seconds * 1000);
    },
  };
  const killed: Scene = {
    name: 'killed and started again',
    kind: 'killed',
    async run() {
      await sleep(500);
      await server.kill();
      await sleep(long ? 3000 : 500);
      await server.restart();
    },
  };
  return [...failing, steppedDown, ...Array.from({ length: long ? 5 : 1 }, () => killed)];
}
