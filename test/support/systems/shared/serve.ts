import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

/** A server that answers 503 until it is given an app: its address must be known before the app can be configured. */
export async function serve(port = 0, host = '127.0.0.1'): Promise<Served & { use(app: Express): void }> {
  let app: Express | undefined;
  const server: Server = createServer((req, res) => {
    if (app === undefined) res.writeHead(503).end();
    else app(req, res);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    use: (given) => {
      app = given;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
