import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Settings } from '#settings/settings.ts';
import type { Readiness } from './readiness.ts';

/** Of the ten seconds that a stop may take, what requests under way get; the rest is for closing the store. */
const drainMs = 7000;
/** How long load balancers get to see that readiness is red before connections are refused; only when somebody probes. */
const noticeMs = 1000;
const probedMs = 60_000;
const sweepMs = 50;

export interface HubServer {
  readonly port: number;
  /** Readiness red, then no new connections, then the requests under way, then whoever is left is cut off. */
  close(): Promise<void>;
}

/**
 * Starts answering. Slow senders are cut off by the limits of the settings.
 *
 * @param options.shared other workers answer on the same port, so that this one does not see every probe
 */
export async function startServer(
  settings: Pick<Settings, 'listen' | 'limits'>,
  readiness: Readiness,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  options: { readonly shared?: boolean } = {},
): Promise<HubServer> {
  const { headers, request } = settings.limits;
  const server = createServer(
    {
      headersTimeout: headers,
      requestTimeout: request,
      connectionsCheckingInterval: Math.min(1000, headers),
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
    },
    (incoming, response) => {
      if (readiness.draining) response.setHeader('connection', 'close');
      handler(incoming, response);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.listen.port, settings.listen.host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      readiness.drain();
      const probed = options.shared === true || Date.now() - readiness.lastProbe < probedMs;
      if (probed) await new Promise((resolve) => setTimeout(resolve, noticeMs));
      await stop(server);
    },
  };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), drainMs);
    // A connection whose request ends during the drain would otherwise be kept for the next one.
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
    server.close(() => {
      clearTimeout(cutOff);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
