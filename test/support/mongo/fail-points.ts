import mongoose from 'mongoose';

/** What `failCommand` does to a command that it meets. */
export interface CommandFault {
  readonly failCommands: readonly string[];
  readonly closeConnection?: true;
  readonly blockConnection?: true;
  readonly blockTimeMS?: number;
  readonly errorCode?: number;
  readonly errorLabels?: readonly string[];
  readonly writeConcernError?: { readonly code: number; readonly errmsg: string };
}

/** Faults to order, in a server that has test commands; only the hub's connections meet them. */
export interface FailPoints {
  /** The next `times` such commands meet the fault. */
  arm(fault: CommandFault, times: number): Promise<void>;
  disarm(): Promise<void>;
  /** The primary steps down, and may not come back for so many seconds. */
  stepDown(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** @param address of the server, which one asks over a connection of one's own */
export async function failPoints(address: string): Promise<FailPoints> {
  const options = { appName: 'fail-points', serverSelectionTimeoutMS: 5000 };
  const connection = mongoose.createConnection(address, options);
  connection.on('error', () => {});
  await connection.asPromise();
  const admin = connection.getClient().db('admin');
  const configure = (mode: object | string, data: object) =>
    admin.command({ configureFailPoint: 'failCommand', mode, data: { ...data, appName: 'gatehouse' } });
  return {
    arm: async (fault, times) => void (await configure({ times }, fault)),
    disarm: async () => void (await configure('off', { failCommands: [] })),
    stepDown: async (seconds) => void (await admin.command({ replSetStepDown: seconds, force: true })),
    close: () => connection.close(),
  };
}
