/** Several hubs in processes of their own on one MongoDB, behind a balancer without stickiness. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Balancer, startBalancer } from './balancer.ts';
import { type Place, place, type Running } from './hub-process.ts';

export interface Node {
  readonly at: Place;
  readonly running: Running;
}

export interface Cluster {
  /** The balancer's address. */
  readonly issuer: string;
  readonly balancer: Balancer;
  readonly nodes: readonly Node[];
  /** Asks one node; `path` below the issuer. */
  at(node: number, path: string, init?: RequestInit): Promise<Response>;
}

export interface ClusterOptions {
  readonly store: string;
  /** Of the configuration, as YAML or JSON. */
  readonly config: object;
  /** A CSV, and a policy document. */
  readonly people?: string;
  readonly policy?: string;
  /** Further variables of each node, one entry a node. */
  readonly nodes: readonly Readonly<Record<string, string>>[];
}

const secret = 'a secret that all nodes of the test have';

/** All nodes start at the same instant. */
export async function startCluster(
  ends: (end: () => Promise<void>) => void,
  options: ClusterOptions,
): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cluster-'));
  const balancer = await startBalancer();
  ends(async () => {
    await balancer.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const config: Record<string, unknown> = { ...options.config };
  for (const [name, file] of [
    ['people', 'people.csv'],
    ['policy', 'roles.yaml'],
  ] as const) {
    const text = options[name];
    if (text === undefined) continue;
    config[name] = join(folder, file);
    writeFileSync(join(folder, file), text);
  }
  const file = join(folder, 'hub.yaml');
  writeFileSync(file, JSON.stringify(config));
  const shared = { HUB_STORE: options.store, HUB_SECRET: secret, HUB_ISSUER: balancer.address, HUB_CONFIG: file };
  const places = await Promise.all(options.nodes.map((env) => place({ ...shared, ...env })));
  ends(async () => {
    for (const at of places) at.remove();
  });
  balancer.nodes = places.map(({ env }) => Number(env.HUB_PORT));
  const nodes = await Promise.all(places.map(async (at) => ({ at, running: await at.start() })));
  return {
    issuer: balancer.address,
    balancer,
    nodes,
    at: (node, path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('x-node', String(node));
      return fetch(balancer.address + path, { ...init, headers });
    },
  };
}
