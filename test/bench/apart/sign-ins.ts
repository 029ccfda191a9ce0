/** A hub with real hashes in a process of its own, one worker and two hashing threads, for what only passwords show. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { stringify } from 'yaml';
import { createHasher } from '#platform/hashing/pool.ts';
import { type Place, place, type Running } from '#test/support/hub-process.ts';
import { emailOf, passphrase, systems } from '../company.ts';
import { authorization, RelyingParty } from '../load/relying-party.ts';

export interface Guarded {
  readonly at: Place;
  readonly running: Running;
  readonly pool: Pool;
  /** Leads a new browser to the sign-in form. @returns undefined when the hub is too busy even for that */
  form(): Promise<{ browser: ReturnType<RelyingParty['browser']>; path: string } | undefined>;
  /** Bytes that the hub's process held at most. */
  mostMemory(): number;
  stop(): Promise<void>;
}

/**
 * @param extra rows of the people CSV beside `people` ordinary ones: email,name,status,passwordHash
 * @param connections of the load, all kept open
 */
export async function guardedHub(
  people: number,
  connections: number,
  extra: (hash: string) => readonly string[] = () => [],
): Promise<Guarded> {
  const hasher = createHasher({ slots: 1, queue: 1 });
  const hash = await hasher.hash(passphrase);
  await hasher.close();
  const folder = join(tmpdir(), `gatehouse-flood-${process.pid}-${Date.now()}`);
  mkdirSync(folder);
  const config = join(folder, 'hub.yaml');
  const csv = join(folder, 'people.csv');
  const rows = Array.from({ length: people }, (_, n) => `${emailOf(n)},Person ${n},active,"${hash}"`);
  writeFileSync(csv, `email,name,status,passwordHash\n${[...rows, ...extra(hash)].join('\n')}\n`);
  const { crm } = systems;
  const many = '10000000/15m';
  writeFileSync(
    config,
    stringify({
      people: csv,
      limits: { signin: { perAccount: many, perNetwork: many }, hash: { slots: 2 } },
      systems: [
        {
          id: crm.id,
          title: 'CRM',
          side: 'crm',
          redirectUris: [crm.redirectUri],
          clientSecret: crm.secret,
          idTokenAlg: 'ES256',
          open: true,
        },
      ],
    }),
  );
  const at = await place({ HUB_CONFIG: config });
  const running = await at.start();
  const pool = new Pool(at.issuer, { connections, pipelining: 1 });
  const rp = new RelyingParty(pool);
  return {
    at,
    running,
    pool,
    async form() {
      const browser = rp.browser();
      const asked = await browser.get(authorization('crm').path);
      if (asked.status !== 303) return undefined;
      return (await browser.get(asked.location)).status === 200 ? { browser, path: asked.location } : undefined;
    },
    mostMemory() {
      const status = readFileSync(`/proc/${running.process.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
    },
    async stop() {
      await pool.destroy();
      await running.stop();
      at.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The value below which this share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
