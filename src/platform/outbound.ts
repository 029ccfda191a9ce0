import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Agent } from 'undici';

export interface GuardedRequest {
  /** Private networks (CIDR) that this call may reach. */
  readonly allow: readonly string[];
  /** Outside production, so that systems on the same machine can be tried. */
  readonly allowLoopback: boolean;
  readonly timeoutMs: number;
  /** More than this in the answer is an error. */
  readonly maxBytes: number;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The address was refused: private, reserved, or not what it seemed. */
export class OutboundRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OutboundRefused';
  }
}

const agents = new Map<string, Agent>();

/**
 * A request to an address that somebody configured (security.md, "Outbound addresses"): the address is checked after
 * resolution, at connect, so that no name and no second answer of a name server leads inside; no redirects; bounded time
 * and bytes.
 * @throws OutboundRefused, or the error of the connection.
 */
export async function guardedFetch(url: string, request: GuardedRequest): Promise<Response> {
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') throw new OutboundRefused('only http and https');
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  // A literal address is not looked up, so it is checked here.
  if (isIP(host) !== 0 && !mayReach(host, request)) throw new OutboundRefused(`${host} is not allowed`);
  // Loaded at the first call: a hub that calls nobody, as many do, is smaller by it.
  const { Agent, fetch } = await import('undici');
  const answer = await fetch(url, {
    method: request.method,
    headers: request.headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(request.timeoutMs),
    dispatcher: agentFor(Agent, request),
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  const bytes = await bounded(answer.body, request.maxBytes);
  const empty = answer.status === 204 || answer.status === 304;
  return new Response(empty ? null : bytes, { status: answer.status, headers: [...answer.headers] });
}

async function bounded(body: AsyncIterable<unknown> | null, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    const bytes = part as Uint8Array;
    size += bytes.length;
    if (size > maxBytes) throw new OutboundRefused(`the answer is longer than ${maxBytes} bytes`);
    parts.push(bytes);
  }
  return Uint8Array.from(Buffer.concat(parts));
}

/** One agent for each set of rules: a connection opened under one set is never used under another. */
function agentFor(Maker: typeof Agent, rules: Pick<GuardedRequest, 'allow' | 'allowLoopback'>): Agent {
  const key = JSON.stringify([[...rules.allow].sort(), rules.allowLoopback]);
  let agent = agents.get(key);
  if (agent === undefined) {
    agent = new Maker({
      connect: { lookup: guardedLookup(rules), timeout: 5_000 },
      connections: 8,
      keepAliveTimeout: 10_000,
      maxResponseSize: 1_000_000,
    });
    agents.set(key, agent);
  }
  return agent;
}

/** Looks names up, and tells only addresses that may be reached. */
export function guardedLookup(rules: Pick<GuardedRequest, 'allow' | 'allowLoopback'>): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const good = addresses.filter(({ address }) => mayReach(address, rules));
      const [first] = good;
      if (first === undefined) {
        return callback(new OutboundRefused(`${hostname} leads to an address that is not allowed`), '', 0);
      }
      if (options.all === true) return callback(null, good);
      callback(null, first.address, first.family);
    });
  };
}

/** Public addresses always; loopback and private ones only when allowed. Mapped and embedded IPv4 counts as that IPv4. */
export function mayReach(address: string, rules: Pick<GuardedRequest, 'allow' | 'allowLoopback'>): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range === 'unicast') return true;
  if (range === 'loopback' && rules.allowLoopback) return true;
  return rules.allow.some((network) => {
    try {
      const [base, bits] = ipaddr.parseCIDR(network);
      return base.kind() === parsed.kind() && parsed.match(base, bits);
    } catch {
      return false;
    }
  });
}
