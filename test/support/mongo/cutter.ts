import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import mongoose from 'mongoose';

/** A command on its way to the server. */
export interface Passing {
  readonly name: string;
  /** The collection it is about, where it is about one. */
  readonly collection: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** What becomes of it: it passes; the line is cut before the server has it, or when the server has done it. */
export type Cut = 'pass' | 'before' | 'after';

export interface Cutter {
  readonly port: number;
  /** Asked for each command. */
  decide: (command: Passing) => Cut;
  close(): Promise<void>;
}

const opMsg = 2013;
const headerBytes = 16;

/** A line to a MongoDB server that understands what passes, and is cut at the command one wants. */
export async function startCutter(target: { readonly host: string; readonly port: number }): Promise<Cutter> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target);
    let cutOnAnswer = false;
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    far.on('data', (piece) => (cutOnAnswer ? end() : near.write(piece)));
    near.on(
      'data',
      inMessages((message) => {
        const command = commandOf(message);
        const cut = command === undefined ? 'pass' : cutter.decide(command);
        if (cut === 'before') return end();
        cutOnAnswer ||= cut === 'after';
        if (!far.destroyed) far.write(message);
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutter: Cutter = {
    port: (server.address() as AddressInfo).port,
    decide: () => 'pass',
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return cutter;
}

/** Puts pieces together until a whole message is there. */
function inMessages(take: (message: Buffer) => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= headerBytes && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0);
      take(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}

function commandOf(message: Buffer): Passing | undefined {
  // Header, flags, and the kind of the first section, which is the command's document.
  const start = headerBytes + 5;
  if (message.readInt32LE(12) !== opMsg || message[start - 1] !== 0) return undefined;
  const length = message.readInt32LE(start);
  const document = mongoose.mongo.BSON.deserialize(message.subarray(start, start + length)) as Record<string, unknown>;
  const [name = ''] = Object.keys(document);
  const about = document[name];
  return { name, collection: typeof about === 'string' ? about : '', document };
}
