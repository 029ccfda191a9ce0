import { connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of connections: nothing; refused and cut; open without an answer ever; every piece late. */
export type Passage = 'pass' | 'refuse' | 'silent' | 'slow';

/** A stretch of network between the hub and its store that can be switched. */
export interface Stretch {
  readonly port: number;
  set(passage: Passage): Promise<void>;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** @param options.delayMs of each piece of data and way while it is slow */
export async function startProxy(
  target: { readonly host: string; readonly port: number },
  options: { readonly delayMs?: number } = {},
): Promise<Stretch> {
  const { delayMs = 100 } = options;
  const pairs = new Set<Pair>();
  let passage: Passage = 'pass';
  const server = createServer((near) => {
    const pair = { near, far: connect(target) };
    pairs.add(pair);
    for (const socket of [near, pair.far]) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => drop(pair));
    }
    forward(near, pair.far);
    forward(pair.far, near);
    if (passage === 'silent') hold(pair);
  });
  const forward = (from: Socket, to: Socket): void => {
    from.on('data', (piece) => {
      if (passage !== 'slow') to.write(piece);
      else setTimeout(() => to.write(piece), delayMs);
    });
    from.on('end', () => to.end());
  };
  const drop = (pair: Pair): void => {
    pairs.delete(pair);
    pair.near.destroy();
    pair.far.destroy();
  };
  const port = await listen(server, 0);
  return {
    port,
    async set(next) {
      if (passage === 'refuse' && next !== 'refuse') await listen(server, port);
      if (next === 'refuse' && passage !== 'refuse') {
        const closed = new Promise((resolve) => server.close(resolve));
        for (const pair of pairs) drop(pair);
        await closed;
      }
      passage = next;
      for (const pair of pairs) {
        if (next === 'silent') hold(pair);
        else release(pair);
      }
    },
    async close() {
      for (const pair of pairs) drop(pair);
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function hold({ near, far }: Pair): void {
  near.pause();
  far.pause();
}

function release({ near, far }: Pair): void {
  near.resume();
  far.resume();
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
