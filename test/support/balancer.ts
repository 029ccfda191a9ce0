import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Balancer {
  readonly address: string;
  /** Ports of the nodes; the next request goes to the next one. A request with the header `x-node` goes to that one. */
  nodes: readonly number[];
  /** How many requests each port has had. */
  readonly served: ReadonlyMap<number, number>;
  close(): Promise<void>;
}

/** Hands every request to the next node, whoever sends it: no stickiness. A node that is gone is passed over. */
export async function startBalancer(): Promise<Balancer> {
  const served = new Map<number, number>();
  let last = 0;
  const server = createServer((incoming, answer) => {
    const chosen = incoming.headers['x-node'];
    const all = balancer.nodes;
    const first = chosen === undefined ? last++ : Number(chosen);
    const body: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => body.push(piece));
    incoming.on('end', () => {
      const order = all.map((_, at) => all[(first + at) % all.length] ?? 0);
      hand(incoming, Buffer.concat(body), answer, chosen === undefined ? order : order.slice(0, 1));
    });
  });
  const hand = (incoming: IncomingMessage, body: Buffer, answer: ServerResponse, [port, ...rest]: number[]): void => {
    if (port === undefined) {
      answer.writeHead(502).end();
      return;
    }
    served.set(port, (served.get(port) ?? 0) + 1);
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.on('error', () => (answer.headersSent ? answer.destroy() : hand(incoming, body, answer, rest)));
    onward.end(body);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const balancer: Balancer = {
    address: `http://localhost:${(server.address() as AddressInfo).port}`,
    nodes: [],
    served,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return balancer;
}
