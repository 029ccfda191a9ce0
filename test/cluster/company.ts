/** The company that the tests of several nodes share, and what they ask of it. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Agent, request } from 'undici';
import { createLog } from '#platform/log.ts';
import { loadSettings } from '#settings/load.ts';
import { openEngine, openSealer, surroundings } from '#src/services.ts';
import { leases } from '#storage/collections.ts';
import { policy, systems } from '#test/oidc/fixture.ts';
import { passphrase } from '#test/support/booted.ts';
import { type Cluster, startCluster } from '#test/support/cluster.ts';

export const long = process.env.GATEHOUSE_LONG !== undefined;

const { publicKey, privateKey } = await generateKeyPair('ES256');
export const signerKey = privateKey;
const signer = {
  id: 'signer',
  title: 'Signer',
  side: 'other',
  auth: 'private_key_jwt',
  jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] },
  machine: { scopes: ['hub:read'] },
};

const people = [
  'email,name,department,password',
  `ada@example.com,Ada Sales,Sales,${passphrase}`,
  `otto@example.com,Otto Office,Office,${passphrase}`,
  `pia@example.com,Pia Packer,Warehouse,${passphrase}`,
].join('\n');

export interface Company extends Cluster {
  /** Logout tokens that the CRM was told. */
  readonly told: readonly string[];
  /** Who holds a lease of the store: machine, process id and a part of its own. */
  lease(name: string): Promise<string | undefined>;
}

/** Two nodes, the second of them two workers. */
export async function aCluster(
  ends: (end: () => Promise<void>) => void,
  store: string,
  env: Record<string, string> = {},
): Promise<Company> {
  const told: string[] = [];
  const crm = createServer((req, res) => {
    req.on('data', (piece) => told.push(String(piece))).on('end', () => res.writeHead(204).end());
  });
  await new Promise<void>((resolve) => crm.listen(0, '127.0.0.1', resolve));
  ends(async () => void crm.close());
  const backchannelLogoutUri = `http://localhost:${(crm.address() as AddressInfo).port}/told`;
  const config = {
    systems: [...systems.map((system) => (system.id === 'crm' ? { ...system, backchannelLogoutUri } : system)), signer],
    admin: { email: 'boss@example.com', password: passphrase },
    limits: { signin: { perAccount: '10/15m', perNetwork: '100000/15m' } },
  };
  const cluster = await startCluster(ends, {
    store,
    config,
    people,
    policy,
    nodes: [env, { ...env, HUB_WORKERS: '2' }],
  });
  const around = surroundings({ log: createLog({ level: 'silent' }) });
  const settings = loadSettings({ env: cluster.nodes[0]?.at.env ?? {} });
  const engine = await openEngine(settings, openSealer(settings), around);
  ends(() => engine.close());
  return { ...cluster, told, lease: async (name) => (await engine.get(leases, name))?.holder };
}

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly location: string | undefined;
}

const atOnce = 20;

/** Sends the same thing twenty times over connections of their own, as nearly at once as it goes. */
export function volley(
  url: string,
  init: { method: 'GET' | 'POST'; body?: string; headers?: Record<string, string> },
): Promise<Reply[]> {
  return Promise.all(
    Array.from({ length: atOnce }, async () => {
      const dispatcher = new Agent({ connections: 1, pipelining: 0 });
      const type = init.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await request(url, {
        method: init.method,
        dispatcher,
        headers: { ...type, ...init.headers },
        ...(init.body === undefined ? {} : { body: init.body }),
      });
      const text = await answer.body.text();
      await dispatcher.close();
      const { location } = answer.headers;
      return {
        status: answer.statusCode,
        body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
        location: typeof location === 'string' ? location : undefined,
      };
    }),
  );
}

/**
 * Exactly one was served; all others were refused with 4xx, or with 503 where the store was too slow to tell them in time. No other fault
 * of the hub's is among them.
 */
export function assertOnce(replies: readonly Reply[], served: (reply: Reply) => boolean, what: string): Reply {
  const tally = replies.map(({ status, body }) => `${status} ${String(body.error ?? '')}`).sort();
  const won = replies.filter(served);
  assert.equal(won.length, 1, `${what}: ${tally}`);
  for (const reply of replies)
    assert.ok(
      served(reply) || reply.status === 503 || (reply.status >= 400 && reply.status < 500),
      `${what}: ${tally}`,
    );
  const [only] = won;
  assert.ok(only);
  return only;
}

export const basic = (id: string, secret: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

/** Calls the REST API of one node as the system `robot`, which has the scope `hub:admin`. */
export class Operator {
  readonly #cluster: Cluster;
  #token: string | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async call(
    node: number,
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    this.#token ??= await this.#newToken();
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await this.#cluster.at(node, `/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status !== 401) return answer;
    this.#token = undefined;
    return this.call(node, method, path, body, headers);
  }

  async #newToken(): Promise<string> {
    const answer = await fetch(`${this.#cluster.issuer}/token`, {
      method: 'POST',
      headers: basic('robot', 'robot-secret'),
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'hub:admin hub:read' }),
    });
    assert.equal(answer.status, 200);
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** The person as stored, with its version. */
  async person(email: string): Promise<{ id: string; version: number; status: string }> {
    const answer = await this.call(0, 'GET', `people?q=${encodeURIComponent(email)}`);
    const { items } = (await answer.json()) as { items: { id: string; version: number; status: string }[] };
    const [only] = items;
    assert.ok(only, `nobody has ${email}`);
    return only;
  }

  async setStatus(node: number, email: string, status: 'active' | 'disabled'): Promise<void> {
    const { id, version } = await this.person(email);
    const answer = await this.call(node, 'PATCH', `people/${id}`, { status }, { 'if-match': `"${version}"` });
    assert.equal(answer.status, 200, await answer.text());
  }
}
