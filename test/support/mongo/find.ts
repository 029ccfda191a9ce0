import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Found {
  readonly kind: 'HUB_TEST_MONGO' | 'mongod' | 'SecantusDB';
  /** An address, or the path of a program. */
  readonly where: string;
}

/** Where `.ci/run` puts SecantusDB: outside the working copy, so that a clean check-out need not fetch it again. */
export const secantusFolder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'gatehouse', 'secantus');

export const remedy = `no server: set HUB_TEST_MONGO or MONGOD, or: python3 -m venv ${secantusFolder} && ${secantusFolder}/bin/pip install --pre 'SecantusDB>=0.7.0b3'`;

/** The first there is of: an address in `HUB_TEST_MONGO`, `MONGOD` or a `mongod` on the PATH, SecantusDB. */
export function findServer(): Found | undefined {
  const { HUB_TEST_MONGO, MONGOD, PATH = '' } = process.env;
  if (HUB_TEST_MONGO !== undefined && HUB_TEST_MONGO !== '') return { kind: 'HUB_TEST_MONGO', where: HUB_TEST_MONGO };
  if (MONGOD !== undefined && MONGOD !== '') return { kind: 'mongod', where: MONGOD };
  const mongod = PATH.split(delimiter)
    .map((folder) => join(folder, 'mongod'))
    .find(isProgram);
  if (mongod !== undefined) return { kind: 'mongod', where: mongod };
  const secantus = join(secantusFolder, 'bin', 'secantusd-py');
  return isProgram(secantus) ? { kind: 'SecantusDB', where: secantus } : undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
