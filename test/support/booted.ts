import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assignRole } from '#actions/assignments/assign.ts';
import { createPerson } from '#actions/people/create.ts';
import type { Services } from '#actions/services.ts';
import { createSystem } from '#actions/systems/create.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { Clock } from '#platform/clock.ts';
import { createLog, type Logger } from '#platform/log.ts';
import { loadSettings } from '#settings/load.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { createHub } from '#src/hub.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import { storeOfThisPass } from './store.ts';

const operator: Origin = { actor: { kind: 'operator' } };
export const passphrase = 'correct horse battery staple';

export interface BootedHub {
  readonly issuer: string;
  readonly services: Services;
  /** Makes a person with the passphrase and these roles. */
  person(name: string, ...roles: string[]): Promise<Stored<Person>>;
  /** Makes a system that may use client credentials, and asks the token endpoint for a token. */
  token(...scopes: string[]): Promise<string>;
}

/** The hub as `npm start` puts it together, every feature mounted, on a free port with a store of its own. */
export async function bootHub(
  t: { after(end: () => Promise<void>): void },
  options: { env?: Readonly<Record<string, string>>; clock?: Clock; log?: Logger } = {},
): Promise<BootedHub> {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const env = { HUB_DATA: data, HUB_PORT: String(port), HUB_ISSUER: issuer, ...storeOfThisPass(), ...options.env };
  const around = {
    log: options.log ?? createLog({ level: 'silent' }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  };
  const hub = await createHub(loadSettings({ env, cwd: data }), around);
  const { close } = await hub.listen();
  t.after(async () => {
    await close();
    rmSync(data, { recursive: true, force: true });
  });
  return { issuer, services: hub.services, ...makers(hub.services, issuer) };
}

export function makers(services: Services, issuer: string): Pick<BootedHub, 'person' | 'token'> {
  return {
    async person(name, ...roles) {
      const email = `${name}@example.com`;
      const person = await createPerson(services, operator, { email, name, password: passphrase });
      for (const role of roles) await assignRole(services, operator, person.id, { role, reason: 'for the test' });
      return person;
    },
    async token(...scopes) {
      const id = `robot-${scopes.join('-').replaceAll(':', '-')}`;
      const input = { id, title: id, side: 'other', clientSecret: 'a-secret-of-the-test', machine: { scopes } };
      await createSystem(services, operator, withDefaults(input as unknown as SystemInput));
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${id}:a-secret-of-the-test`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: scopes.join(' ') }),
      });
      const { access_token } = (await answer.json()) as { access_token?: string };
      if (access_token === undefined) throw new Error(`no token: ${answer.status}`);
      return access_token;
    },
  };
}

/** Free a moment ago: the issuer has to be known before the hub listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
